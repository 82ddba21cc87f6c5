using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nexus.Backend.Metrics;

/// <summary>The node's counters, by function; never by anything a guest chooses.</summary>
public sealed class NexusMetrics : IDisposable
{
    /// <summary>Name of the meter for exporters.</summary>
    public const string MeterName = "Nexus";

    // The name of a service comes from the guest, which could make up any number of them.
    private const int MostServices = 64;
    private const string OtherServices = "other";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _awsCalls;
    private readonly Histogram<double> _awsDuration;
    private readonly Counter<long> _grpcCalls;
    private readonly Histogram<double> _grpcDuration;
    private readonly Counter<long> _invocations;
    private readonly Histogram<double> _invocationDuration;
    private readonly ConcurrentDictionary<string, long> _awsCallsByService = new(StringComparer.Ordinal);
    private readonly Counter<long> _httpCalls;
    private readonly Histogram<double> _httpDuration;
    private readonly ConcurrentDictionary<string, long> _httpCallsByHost = new(StringComparer.Ordinal);
    private long _totalAwsCalls;
    private long _totalHttpCalls;

    public NexusMetrics()
    {
        _awsCalls = _meter.CreateCounter<long>(
            "nexus.aws.calls",
            description: "AWS calls executed for functions, by status class; 0 for calls without an answer."
        );
        _awsDuration = _meter.CreateHistogram<double>("nexus.aws.duration", "s", "Time from a call's arrival to its answer's last byte.");
        _httpCalls = _meter.CreateCounter<long>(
            "nexus.http.calls",
            description: "HTTP requests executed for functions, by host and status class; status none for those without an answer."
        );
        _httpDuration = _meter.CreateHistogram<double>(
            "nexus.http.duration",
            "s",
            "Time from a request's arrival to its answer's last byte."
        );
        _grpcCalls = _meter.CreateCounter<long>("nexus.grpc.calls", description: "gRPC calls executed for functions, by how they ended.");
        _grpcDuration = _meter.CreateHistogram<double>("nexus.grpc.duration", "s", "Time from a call's arrival to its answer's end.");
        _invocations = _meter.CreateCounter<long>("nexus.invocations", description: "Invocations, by outcome.");
        _invocationDuration = _meter.CreateHistogram<double>(
            "nexus.invocation.duration",
            "s",
            "Time from the request to the result, start of an instance included."
        );
    }

    /// <summary>AWS calls since the start.</summary>
    public long TotalAwsCalls => Interlocked.Read(ref _totalAwsCalls);

    /// <summary>AWS calls since the start by service id, such as <c>DynamoDB</c>; those beyond the first 64 services as <c>other</c>.</summary>
    public IReadOnlyDictionary<string, long> AwsCallsByService => _awsCallsByService;

    /// <summary>HTTP requests of functions since the start.</summary>
    public long TotalHttpCalls => Interlocked.Read(ref _totalHttpCalls);

    /// <summary>HTTP requests of functions since the start by host; those beyond the first 64 hosts as <c>other</c>.</summary>
    public IReadOnlyDictionary<string, long> HttpCallsByHost => _httpCallsByHost;

    /// <summary>Publishes a number that is read when somebody asks.</summary>
    public void Observe(string name, string description, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge(name, read, description: description);

    public void AwsCall(string function, string service, int status, TimeSpan duration)
    {
        Interlocked.Increment(ref _totalAwsCalls);
        var counted = _awsCallsByService.ContainsKey(service) || _awsCallsByService.Count < MostServices ? service : OtherServices;
        _awsCallsByService.AddOrUpdate(counted, 1, static (_, count) => count + 1);
        var tags = new TagList { { "function", function }, { "status", status == 0 ? "none" : $"{status / 100}xx" } };
        _awsCalls.Add(1, tags);
        _awsDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("function", function));
    }

    /// <param name="function">The function's name.</param>
    /// <param name="host">Host the request went to.</param>
    /// <param name="status">Status of the answer; 0 for none.</param>
    /// <param name="duration">From the request's arrival to the answer's last byte.</param>
    public void HttpCall(string function, string host, int status, TimeSpan duration)
    {
        Interlocked.Increment(ref _totalHttpCalls);
        var counted = _httpCallsByHost.ContainsKey(host) || _httpCallsByHost.Count < MostServices ? host : OtherServices;
        _httpCallsByHost.AddOrUpdate(counted, 1, static (_, count) => count + 1);
        _httpCalls.Add(
            1,
            new TagList
            {
                { "function", function },
                { "host", counted },
                { "status", status == 0 ? "none" : $"{status / 100}xx" },
            }
        );
        _httpDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("function", function));
    }

    /// <param name="function">The function's name.</param>
    /// <param name="outcome"><c>answered</c>, <c>failed</c>, <c>refused</c> or <c>cancelled</c>; the status itself is the guest's to read.</param>
    /// <param name="duration">From arrival to end.</param>
    public void GrpcCall(string function, string outcome, TimeSpan duration)
    {
        _grpcCalls.Add(1, new TagList { { "function", function }, { "outcome", outcome } });
        _grpcDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("function", function));
    }

    /// <param name="function">The function's name.</param>
    /// <param name="outcome"><c>ok</c>, <c>error</c> or <c>throttled</c>.</param>
    /// <param name="duration">From request to result.</param>
    public void Invocation(string function, string outcome, TimeSpan duration)
    {
        _invocations.Add(1, new TagList { { "function", function }, { "outcome", outcome } });
        _invocationDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("function", function));
    }

    public void Dispose() => _meter.Dispose();
}
