using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Nexus.Backend.Ingress;

/// <summary>The certificate of an https listener.</summary>
internal sealed class ListenerCertificate
{
    private readonly X509Certificate2 _certificate;

    private ListenerCertificate(X509Certificate2 certificate)
    {
        _certificate = certificate;
    }

    /// <param name="route">Names the files.</param>
    /// <exception cref="Diagnostics.NexusException">NEXUS0801 or NEXUS0802.</exception>
    public static ListenerCertificate Load(IngressRoute route)
    {
        if (route.Certificate.Length == 0)
        {
            throw IngressDiagnostics.CertificateMissing.With(route.Listen);
        }

        try
        {
            var certificate = Read(route);
            return certificate.HasPrivateKey
                ? new ListenerCertificate(certificate)
                : throw IngressDiagnostics.CertificateNotUsable.With($"{route.Certificate}: no private key");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw IngressDiagnostics.CertificateNotUsable.With($"{route.Certificate}: {failure.Message}", failure);
        }
    }

    public void Apply(ListenOptions options) => options.UseHttps(_certificate);

    private static X509Certificate2 Read(IngressRoute route)
    {
        var isPem = File.ReadAllText(route.Certificate).Contains("-----BEGIN", StringComparison.Ordinal);
        if (!isPem)
        {
            return X509CertificateLoader.LoadPkcs12FromFile(route.Certificate, route.CertificatePassword);
        }

        var key = route.CertificateKey.Length > 0 ? route.CertificateKey : route.Certificate;
        return route.CertificatePassword.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(route.Certificate, route.CertificatePassword, key)
            : X509Certificate2.CreateFromPemFile(route.Certificate, key);
    }
}
