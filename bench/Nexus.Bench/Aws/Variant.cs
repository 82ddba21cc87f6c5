using System.Diagnostics;
using Nexus.Bench.Nodes;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Aws;

/// <summary>One way of running the function.</summary>
/// <param name="Name">As in the tables.</param>
/// <param name="StartAsync">Starts a warm subject; given its number where there are several.</param>
/// <param name="FirstCallAsync">Milliseconds from the start of a process to the answer of its first GetItem; given the number of the try.</param>
internal sealed record Variant(string Name, Func<int?, Task<Subject>> StartAsync, Func<int, Task<double>> FirstCallAsync)
{
    public const string JitDefault = "JIT default";
    public const string JitLean = "JIT lean";
    public const string ReadyToRun = "ReadyToRun";
    public const string NativeAot = "NativeAOT";
    public const string Nexus = "Nexus";
    public const string NexusReadyToRun = "Nexus, ReadyToRun";

    public static Variant Direct(string name, PublishedFunction function, IReadOnlyDictionary<string, string> variables) =>
        OfProcess(name, () => DirectSubject.StartAsync(function, variables));

    public static Variant Native(PublishedFunction function, IReadOnlyDictionary<string, string> variables) =>
        OfProcess(NativeAot, () => NativeSubject.StartAsync(function, variables));

    /// <param name="name">As in the tables.</param>
    /// <param name="node">Serves the function as <paramref name="prefix"/> and, for first calls, as <paramref name="prefix"/> with a number.</param>
    /// <param name="prefix">The function's name.</param>
    public static Variant ThroughNexus(string name, BenchNode node, string prefix) =>
        new(
            name,
            number => NexusSubject.StartAsync(node, number is { } n ? $"{prefix}-{n}" : prefix),
            async number =>
            {
                var watch = Stopwatch.StartNew();
                await node.InvokeAsync($"{prefix}-{number}", """{"operation":"get-item","count":1}""");
                return watch.Elapsed.TotalMilliseconds;
            }
        );

    private static Variant OfProcess(string name, Func<Task<Subject>> startAsync) =>
        new(
            name,
            _ => startAsync(),
            async _ =>
            {
                var watch = Stopwatch.StartNew();
                await using var subject = await startAsync();
                await subject.CallAsync("get-item", 1);
                return watch.Elapsed.TotalMilliseconds;
            }
        );
}
