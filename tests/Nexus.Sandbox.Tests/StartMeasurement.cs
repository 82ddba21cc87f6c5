using System.Diagnostics;
using Nexus.Backend.Interop;
using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

/// <summary>
/// What a sandbox costs at start: medians from the call that starts a program to its first byte of output, in milliseconds. Run with
/// <c>--measure</c>; the figures of docs/decisions/0003-process-sandbox.md come from here.
/// </summary>
internal static class StartMeasurement
{
    private const int Rounds = 41;

    public static async Task RunAsync()
    {
        var shell = Guests.Shell("echo x");
        var dotnet = Guests.Dotnet("hello");
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

    private static async Task<double> MedianAsync(Func<Task<double>> action)
    {
        await action();
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            times.Add(await action());
        }

        return times.Order().ElementAt(Rounds / 2);
    }

    private static async Task<double> BareAsync(SandboxSpec spec)
    {
        var words = spec.Command.Select(word => word.Replace(SandboxSpec.TaskRoot, spec.AppFolder, StringComparison.Ordinal)).ToArray();
        var environment = GuestEnvironment.For(spec).Select(pair => $"{pair.Key}={pair.Value}").ToArray();
        var watch = Stopwatch.StartNew();
        using var process = ProcessSpawner.Start(new SpawnRequest(words[0], words, environment) { CaptureOutput = true });
        await process.Output.ReadExactlyAsync(new byte[1]);
        var elapsed = watch.Elapsed.TotalMilliseconds;
        await process.Exited;
        return elapsed;
    }

    private static async Task<double> SandboxedAsync(ISandbox sandbox, SandboxSpec spec)
    {
        var watch = Stopwatch.StartNew();
        await using var process = await sandbox.StartAsync(spec, default);
        await process.Output.ReadExactlyAsync(new byte[1]);
        var elapsed = watch.Elapsed.TotalMilliseconds;
        await process.Exited;
        return elapsed;
    }
}
