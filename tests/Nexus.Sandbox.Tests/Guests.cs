using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

/// <summary>Starts small guests and collects what they say.</summary>
internal static class Guests
{
    public static CgroupHierarchy Hierarchy { get; } = CgroupHierarchy.Detect();

    public static ISandbox Bubblewrap()
    {
        var checks = HostChecks.Run(Hierarchy);
        foreach (var needed in checks.Where(check => check.Name is "bubblewrap" or "namespaces" && check.Verdict == HostVerdict.Fail))
        {
            Assert.Inconclusive($"{needed.Name}: {needed.Detail}");
        }

        return new BubblewrapSandbox(Hierarchy, NullLogger<BubblewrapSandbox>.Instance);
    }

    public static ISandbox None() => new NoSandbox(Hierarchy, NullLogger<NoSandbox>.Instance);

    public static void NeedsController(string name)
    {
        if (!Hierarchy.Has(name))
        {
            Assert.Inconclusive($"no {name} control group may be made here: {string.Join("; ", Hierarchy.Problems)}");
        }
    }

    /// <summary>Control groups that a backend of this process id has made and not removed.</summary>
    public static IReadOnlyList<string> Groups(int backend) =>
        [.. Hierarchy.Parents.Values.Distinct().SelectMany(parent => Directory.GetDirectories(parent, $"{backend}-*"))];

    public static SandboxSpec Shell(string script) =>
        new()
        {
            Name = "test",
            AppFolder = AppFolder(),
            Command = ["/bin/sh", "-c", script],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        };

    /// <summary>A guest that is this test program again, in the part of <see cref="GuestMain"/> named.</summary>
    public static SandboxSpec Dotnet(params string[] arguments)
    {
        var root = DotnetRoot.Find();
        return new()
        {
            Name = "test dotnet",
            AppFolder = AppContext.BaseDirectory.TrimEnd('/'),
            Command = [$"{root}/dotnet", "exec", "/var/task/Nexus.Sandbox.Tests.dll", "--guest", .. arguments],
            ReadOnlyMounts = [new ReadOnlyMount(root, root)],
        };
    }

    public static async Task<GuestResult> RunAsync(ISandbox sandbox, SandboxSpec spec)
    {
        using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var process = await sandbox.StartAsync(spec, watchdog.Token);
        var output = ReadAsync(process.Output);
        var error = ReadAsync(process.Error);
        var exit = await process.Exited.WaitAsync(watchdog.Token);
        return new GuestResult(await output, await error, exit);
    }

    public static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private static string AppFolder()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "app");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "file.txt"), "content");
        return folder;
    }
}
