using System.Collections.Concurrent;
using Nexus.Backend.Aws;
using Nexus.Backend.Functions;
using Nexus.Backend.Metrics;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Aws;

/// <summary>Executes guests' AWS calls: the request's body goes from the arena to the socket, the answer's from the socket into the arena.</summary>
public sealed class AwsCallExecutor : ICallExecutor
{
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly AwsHttpClient _http;
    private readonly AwsCredentialSource _credentials;
    private readonly AwsRetryOptions _retry;
    private readonly NexusMetrics _metrics;
    private readonly ConcurrentDictionary<string, FunctionCalls> _functions = new(StringComparer.Ordinal);

    /// <param name="environment">The backend's environment: endpoints and retry settings, as every AWS SDK reads them.</param>
    /// <param name="http">The node's connections.</param>
    /// <param name="metrics">Counts calls.</param>
    /// <exception cref="NexusException">A setting in the environment is not usable.</exception>
    public AwsCallExecutor(IReadOnlyDictionary<string, string> environment, AwsHttpClient http, NexusMetrics metrics)
    {
        _environment = environment;
        _http = http;
        _metrics = metrics;
        _credentials = new AwsCredentialSource(AwsEndpointOptions.FromEnvironment(environment));
        _retry = AwsRetryOptions.FromEnvironment(environment);
    }

    public ushort Protocol => ChannelProtocol.Aws;

    public async Task ExecuteAsync(ChannelCall call, FunctionDefinition function)
    {
        var head = AwsRequestHead.Read(call.Head.Span);
        var calls = _functions.GetOrAdd(
            function.Name,
            static (_, create) => create.Self.Create(create.Function),
            (Self: this, Function: function)
        );
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        if (!await EnterAsync(call, calls.InFlight).ConfigureAwait(false))
        {
            return;
        }

        var status = 0;
        try
        {
            status = await ExchangeAsync(call, head, function, calls).ConfigureAwait(false);
        }
        catch (NexusException refusal)
        {
            await FailAsync(call, refusal).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            call.Abort(AbortCode.Cancelled);
        }
        finally
        {
            calls.InFlight.Release();
            _metrics.AwsCall(function.Name, head.ServiceId, status, System.Diagnostics.Stopwatch.GetElapsedTime(started));
        }
    }

    /// <summary>False when the guest gave up before its turn came.</summary>
    private static async ValueTask<bool> EnterAsync(ChannelCall call, SemaphoreSlim inFlight)
    {
        try
        {
            if (!inFlight.Wait(0))
            {
                await inFlight.WaitAsync(call.Aborted).ConfigureAwait(false);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<int> ExchangeAsync(ChannelCall call, AwsRequestHead head, FunctionDefinition function, FunctionCalls calls)
    {
        var body = await RingBody.ReceiveAsync(call, head.ContentLength).ConfigureAwait(false);
        try
        {
            var settings = SettingsFor(head, function, calls);
            var request = Request(head, body);
            using var response = await calls.Executor.ExecuteAsync(request, settings, Deadline(call), call.Aborted).ConfigureAwait(false);
            await new ResponseSender(call, response, hasBody: head.Method != "HEAD").SendAsync().ConfigureAwait(false);
            return response.StatusCode;
        }
        finally
        {
            (body as RingBody)?.Release();
        }
    }

    private FunctionCalls Create(FunctionDefinition function)
    {
        var endpoints = new AwsEndpointPolicy(AwsEndpointOptions.FromEnvironment(_environment, function.AllowedEndpoints));
        return new FunctionCalls
        {
            Executor = new AwsRequestExecutor(endpoints, _credentials, _http),
            InFlight = new SemaphoreSlim(function.MaxCallsInFlight),
            Settings = new AwsFunctionSettings
            {
                Name = function.Name,
                Retry = _retry,
                Credentials = new AwsCredentialSettings
                {
                    Profile = OrNull(function.Credentials.Profile),
                    RoleArn = OrNull(function.Credentials.Role),
                    ExternalId = OrNull(function.Credentials.ExternalId),
                    SessionName = $"nexus-{function.Name}"[..Math.Min(64, function.Name.Length + 6)],
                    StsRegion = function.Region,
                },
            },
        };
    }

    private static AwsFunctionSettings SettingsFor(AwsRequestHead head, FunctionDefinition function, FunctionCalls calls)
    {
        if (head.ExplicitKeys.Count == 0)
        {
            return calls.Settings;
        }

        if (!function.AllowExplicitKeys)
        {
            throw AwsCallDiagnostics.ExplicitKeysRefused.With($"{function.Name}: {head.ServiceId} {head.Operation}");
        }

        return calls.WithKeys(head.ExplicitKeys);
    }

    private static AwsRequest Request(AwsRequestHead head, IAwsBody body)
    {
        var headers = new AwsHeader[head.Headers.Count];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new AwsHeader(head.Headers[i].Key, head.Headers[i].Value);
        }

        return new AwsRequest
        {
            ServiceId = head.ServiceId,
            Operation = head.Operation,
            SigningName = head.SigningService,
            SigningRegion = head.Region,
            Method = head.Method,
            Uri = head.Uri,
            Headers = headers,
            Body = body,
            Checksum = Checksum(head.ChecksumAlgorithm),
            ContentMd5 = (head.Flags & AwsRequestFlags.ContentMd5) != 0,
            UnsignedPayload = (head.Flags & AwsRequestFlags.UnsignedPayload) != 0,
            AuthScheme = (head.Flags & AwsRequestFlags.Anonymous) != 0 ? AwsAuthScheme.Anonymous : AwsAuthScheme.SigV4,
        };
    }

    private static AwsChecksumAlgorithm Checksum(string algorithm) =>
        algorithm.ToUpperInvariant() switch
        {
            "" => AwsChecksumAlgorithm.None,
            "CRC32" => AwsChecksumAlgorithm.Crc32,
            "CRC32C" => AwsChecksumAlgorithm.Crc32C,
            "CRC64NVME" => AwsChecksumAlgorithm.Crc64Nvme,
            "SHA1" => AwsChecksumAlgorithm.Sha1,
            "SHA256" => AwsChecksumAlgorithm.Sha256,
            _ => throw AwsDiagnostics.ChecksumUnsupported.With(algorithm),
        };

    private static DateTimeOffset Deadline(ChannelCall call) =>
        call.Deadline == long.MaxValue ? DateTimeOffset.MaxValue : DateTimeOffset.UtcNow + call.Remaining;

    /// <summary>Status 0 and the kind of failure, from which the stub makes the exception a direct call would throw.</summary>
    private static async Task FailAsync(ChannelCall call, NexusException refusal)
    {
        var kind =
            refusal.Diagnostic == AwsDiagnostics.EndpointUnreachable ? "unreachable"
            : refusal.Diagnostic == AwsDiagnostics.DeadlineExceeded ? "timeout"
            : "refused";
        var message = refusal.Message.Length > 4096 ? refusal.Message[..4096] : refusal.Message;
        var head = new AwsResponseHead
        {
            Status = 0,
            ContentLength = 0,
            Attempts = 0,
            Headers = [],
            Failure = $"{kind}: {message}",
        };
        await call.SendAsync(FrameKind.Head, head, final: true).ConfigureAwait(false);
    }

    private static string? OrNull(string text) => text.Length > 0 ? text : null;
}
