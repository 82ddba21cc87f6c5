using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Nexus.Bench.Grpc;
using Nexus.Bench.Nodes;

namespace Nexus.Bench.Soak;

/// <summary>Callers that go on until they are told to stop, and one who kills guests.</summary>
/// <param name="node">Whom they call.</param>
/// <param name="http2Port">Where its service is called by gRPC.</param>
/// <param name="http1Port">Where it is called by HTTP/1.1.</param>
/// <param name="pause">How long each caller rests between two pieces of work.</param>
internal sealed partial class SoakLoads(BenchNode node, int http2Port, int http1Port, TimeSpan pause) : IDisposable
{
    public const string Remote = "remote";
    public const string Neighbour = "neighbour";
    public const string Service = "service";
    public const string Aws = "aws";
    private const int MostCancelledMilliseconds = 20;
    private static readonly TimeSpan KillPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly (string Operation, int Count)[] GrpcCalls =
    [
        ("unary-1k", 100),
        ("unary-64k", 20),
        ("unary-1m", 3),
        ("stream-10k", 1),
        ("concurrent", 200),
        ("cancelled", 20),
    ];

    private static readonly (string Operation, int Count)[] AwsCalls =
    [
        ("get-item", 50),
        ("put-item", 50),
        ("get-object", 2),
        ("put-object", 2),
    ];

    private static readonly (string Operation, int Count)[] ServedCalls =
    [
        ("unary-1k", 100),
        ("unary-64k", 20),
        ("get", 100),
        ("concurrent", 200),
    ];

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _calls = new();
    private readonly ConcurrentDictionary<string, long> _failures = new();
    private List<(string Name, Task Task)> _running = [];

    public int Kills { get; private set; }

    public IReadOnlyDictionary<string, long> Calls => new SortedDictionary<string, long>(_calls);

    public IReadOnlyDictionary<string, long> Failures => new SortedDictionary<string, long>(_failures);

    public void Start() =>
        _running = [
            Loop("gRPC out", GrpcCalls, call => InvokeAsync(Remote, call, default)),
            Loop("gRPC in the node", GrpcCalls, call => InvokeAsync(Neighbour, call, default)),
            Loop("AWS", AwsCalls, call => InvokeAsync(Aws, call, default)),
            Loop("served", ServedCalls, call => ServedAsync(call, default)),
            Loop("cancelled invocations", GrpcCalls, call => CancelledAsync(stop => InvokeAsync(Remote, call, stop))),
            Loop("cancelled requests", ServedCalls, call => CancelledAsync(stop => ServedAsync(call, stop))),
            ("kills", KillAsync()),
        ];

    /// <summary>Lets every load finish its call.</summary>
    /// <returns>Those that did not.</returns>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _stop.CancelAsync();
        var all = Task.WhenAll(_running.Select(static running => running.Task));
        await Task.WhenAny(all, Task.Delay(Patience));
        return [.. _running.Where(static running => !running.Task.IsCompleted).Select(static running => running.Name)];
    }

    public void Dispose() => _stop.Dispose();

    private (string Name, Task Task) Loop(
        string name,
        (string Operation, int Count)[] calls,
        Func<(string Operation, int Count), Task> callAsync
    )
    {
        _calls[name] = 0;
        return (name, Task.Run(LoopAsync));

        async Task LoopAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                var call = calls[Random.Shared.Next(calls.Length)];
                try
                {
                    await callAsync(call);
                    _calls.AddOrUpdate(name, call.Count, (_, before) => before + call.Count);
                    await Task.Delay(pause);
                }
                catch (Exception failure)
                    when (failure is BenchException or HttpRequestException or OperationCanceledException or IOException)
                {
                    var message = WhatIsEachOnesOwn().Replace(failure.Message, "*");
                    message = message.Length > 160 ? message[..160] : message;
                    _failures.AddOrUpdate($"{name}: {message}", 1, static (_, before) => before + 1);
                    await Task.Delay(20);
                }
            }
        }
    }

    /// <summary>Identifiers of requests and times of day: failures of a kind are counted together.</summary>
    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{2}:[0-9]{2}:[0-9]{2}")]
    private static partial Regex WhatIsEachOnesOwn();

    private Task<string> InvokeAsync(string function, (string Operation, int Count) call, CancellationToken cancellation) =>
        node.InvokeAsync(
            function,
            FormattableString.Invariant($$"""{"operation":"{{call.Operation}}","count":{{call.Count}}}"""),
            cancellation
        );

    private async Task ServedAsync((string Operation, int Count) call, CancellationToken cancellation)
    {
        // Connections of its own: those of callers come and go.
        using var load = new ServedLoad(http2Port, http1Port);
        await load.RunAsync(call.Operation, call.Count, cancellation);
    }

    private static async Task CancelledAsync(Func<CancellationToken, Task> callAsync)
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(Random.Shared.Next(MostCancelledMilliseconds)));
        try
        {
            await callAsync(source.Token);
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            // As asked.
        }
    }

    private async Task KillAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(KillPause), Task.Delay(Timeout.Infinite, _stop.Token));
            var guests = (await node.StatusAsync()).Functions.SelectMany(static function => function.Instances).ToArray();
            if (guests.Length > 0 && guests[Random.Shared.Next(guests.Length)].Process is { } guest)
            {
                try
                {
                    using var process = Process.GetProcessById(guest);
                    process.Kill();
                    Kills++;
                }
                catch (ArgumentException)
                {
                    // It has ended by itself.
                }
            }
        }
    }
}
