using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace Nexus.Guest.AspNetCore;

/// <summary>Says that the caller's connection was encrypted. The backend asks callers for no certificate.</summary>
internal sealed class TlsConnectionFeature : ITlsConnectionFeature
{
    public X509Certificate2? ClientCertificate { get; set; }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
}
