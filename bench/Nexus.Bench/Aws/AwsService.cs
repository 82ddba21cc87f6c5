using System.Diagnostics;
using System.Net;
using Nexus.Bench.Nodes;
using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;

namespace Nexus.Bench.Aws;

/// <summary>What the calls go to.</summary>
internal sealed class AwsService : IAsyncDisposable
{
    private Process? _responder;
    private ServiceCertificate? _certificate;
    private EmulatorSet? _emulators;

    private AwsService() { }

    public required string Description { get; init; }

    /// <summary>Endpoints, region and credentials.</summary>
    public required IReadOnlyDictionary<string, string> CallerVariables { get; init; }

    /// <summary>Canned answers, see <see cref="ResponderProgram"/>.</summary>
    /// <param name="secure">Over TLS, as AWS, rather than plain HTTP.</param>
    /// <param name="listen">Where it listens; on the loopback if null.</param>
    /// <param name="named">The address in its certificate, where callers come through another; that it listens on if null.</param>
    public static async Task<AwsService> StartResponderAsync(bool secure, IPAddress? listen = null, IPAddress? named = null)
    {
        var certificate = secure ? new ServiceCertificate(named ?? listen ?? IPAddress.Loopback) : null;
        var settings = new Dictionary<string, string>();
        settings[ResponderProgram.AddressVariable] = (listen ?? IPAddress.Loopback).ToString();
        var trust = new Dictionary<string, string>();
        if (certificate is not null)
        {
            settings[ResponderProgram.CertificateVariable] = certificate.ServerFile;
            trust["SSL_CERT_FILE"] = certificate.AuthorityFile;
        }

        var process = Self.Start("responder", settings);
        var address = (await Self.ReadAddressAsync(process, ResponderProgram.ListenPrefix)).ToString();
        return new AwsService
        {
            _responder = process,
            _certificate = certificate,
            Description =
                $"a responder with canned answers over {(secure ? "TLS" : "plain HTTP")} in a process of its own, which is in no figure",
            CallerVariables = new Dictionary<string, string>(trust)
            {
                ["AWS_ENDPOINT_URL_DYNAMODB"] = address,
                ["AWS_ENDPOINT_URL_S3"] = address,
                ["AWS_REGION"] = EmulatorSet.Region,
                ["AWS_DEFAULT_REGION"] = EmulatorSet.Region,
                ["AWS_ACCESS_KEY_ID"] = "AKIDEMULATORS",
                ["AWS_SECRET_ACCESS_KEY"] = "emulators-accept-any-secret",
                ["AWS_EC2_METADATA_DISABLED"] = "true",
            },
        };
    }

    public static async Task<AwsService> StartEmulatorsAsync()
    {
        var emulators = await EmulatorSet.StartAsync();
        using var data = new EmulatorData(emulators);
        await data.CreateTableAsync("bench-items", "id");
        await data.CreateBucketAsync("bench-objects");
        return new AwsService
        {
            _emulators = emulators,
            Description = "local emulators on Node.js, which are in no figure of CPU and in every one of time",
            CallerVariables = emulators.CallerVariables,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_responder is not null)
        {
            await Self.EndAsync(_responder);
        }

        _certificate?.Dispose();

        if (_emulators is not null)
        {
            await _emulators.DisposeAsync();
        }
    }
}
