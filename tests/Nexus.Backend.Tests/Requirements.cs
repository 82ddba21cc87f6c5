using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Tests;

/// <summary>What a machine must have for these tests to mean anything.</summary>
internal static class Requirements
{
    private static readonly string[] s_needed = ["bubblewrap", "namespaces"];
    private static readonly Lazy<string?> s_missing = new(FindMissing);

    /// <summary>Skips the calling test, with the reason, where process sandboxes cannot be had.</summary>
    public static void Check()
    {
        if (s_missing.Value is { } reason)
        {
            Assert.Inconclusive(reason);
        }
    }

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Process sandboxes need Linux.";
        }

        var failed = HostChecks
            .Run(CgroupHierarchy.Detect())
            .FirstOrDefault(static check => s_needed.Contains(check.Name) && check.Verdict == HostVerdict.Fail);
        return failed is null ? null : $"{failed.Name}: {failed.Detail}";
    }
}
