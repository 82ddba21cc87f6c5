using System.Diagnostics;
using Nexus.Backend.Interop;
using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

/// <summary>
/// What a sandbox costs at start: medians from the call that starts a program to its collected end, in milliseconds. Run with
/// <c>--measure</c>; the figures of docs/decisions/0003-process-sandbox.md come from here.
/// </summary>
internal static class StartMeasurement
{
    private const int Rounds = 41;

    public static async Task RunAsync()
    {
        var shell = Guests.Shell("exit 0");
        var dotnet = Guests.Dotnet("nothing");
        var (none, bubblewrap) = (Guests.None(), Guests.Bubblewrap());
        foreach (var (name, spec) in new[] { ("sh", shell), ("dotnet", dotnet) })
        {
            Console.WriteLine($"{name} bare      {await MedianAsync(() => BareAsync(spec)):F1} ms");
            Console.WriteLine($"{name} none      {await MedianAsync(() => SandboxedAsync(none, spec)):F1} ms");
            Console.WriteLine($"{name} bubblewrap {await MedianAsync(() => SandboxedAsync(bubblewrap, spec)):F1} ms");
        }

        await using var idle = await bubblewrap.StartAsync(Guests.Shell("echo go; exec sleep 60"), default);
        await idle.Output.ReadExactlyAsync(new byte[3]);
        var helpers = ProcessTree.Memory([idle.LauncherId, idle.RootId]);
        Console.WriteLine(
            $"helpers of one sandbox: {helpers.PssBytes / 1024} KiB PSS, {helpers.PrivateDirtyBytes / 1024} KiB private dirty"
        );
    }

    private static async Task<double> MedianAsync(Func<Task> action)
    {
        await action();
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            await action();
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return times.Order().ElementAt(Rounds / 2);
    }

    private static async Task BareAsync(SandboxSpec spec)
    {
        var words = spec.Command.Select(word => word.Replace(SandboxSpec.TaskRoot, spec.AppFolder, StringComparison.Ordinal)).ToArray();
        var environment = GuestEnvironment.For(spec).Select(pair => $"{pair.Key}={pair.Value}").ToArray();
        using var process = ProcessSpawner.Start(new SpawnRequest(words[0], words, environment) { CaptureOutput = true });
        await process.Exited;
    }

    private static async Task SandboxedAsync(ISandbox sandbox, SandboxSpec spec)
    {
        await using var process = await sandbox.StartAsync(spec, default);
        await process.Exited;
    }
}
