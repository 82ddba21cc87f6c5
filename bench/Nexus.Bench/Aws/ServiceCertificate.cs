using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nexus.Bench.Aws;

/// <summary>
/// A certificate for one address with an authority of its own, in files, for the time of a run. Callers add the authority to the machine's
/// by <c>SSL_CERT_FILE</c>.
/// </summary>
internal sealed class ServiceCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nexus-bench-");

    /// <param name="address">What callers connect to.</param>
    public ServiceCertificate(IPAddress address)
    {
        // RSA with 2,048 bits, as the certificates of AWS's regional endpoints.
        using var authorityKey = RSA.Create(2048);
        using var serverKey = RSA.Create(2048);
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        var authorityRequest = Request("CN=Nexus bench authority", authorityKey);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        var serverRequest = Request($"CN={address}", serverKey);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        serverRequest.CertificateExtensions.Add(names.Build());
        using var server = serverRequest.Create(authority, from, to, [1, 2, 3, 4]);

        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        File.WriteAllText(ServerFile, $"{server.ExportCertificatePem()}\n{serverKey.ExportPkcs8PrivateKeyPem()}");
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string AuthorityFile => Path.Combine(_folder.FullName, "authority.pem");

    /// <summary>The server's certificate and key, PEM.</summary>
    public string ServerFile => Path.Combine(_folder.FullName, "server.pem");

    public void Dispose() => _folder.Delete(recursive: true);

    private static CertificateRequest Request(string subject, RSA key) =>
        new(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
