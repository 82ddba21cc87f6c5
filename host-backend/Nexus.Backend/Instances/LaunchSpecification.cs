using System.Runtime.InteropServices;
using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Instances;

/// <summary>What to start for a function, and with what it may work.</summary>
internal static class LaunchSpecification
{
    /// <param name="function">The function.</param>
    /// <param name="descriptors">Region and doorbells, as the guest numbers them.</param>
    public static SandboxSpec Of(FunctionDefinition function, IReadOnlyDictionary<int, SafeHandle> descriptors)
    {
        var dotnet = DotnetRoot.Find();
        var taskRoot = function.Sandbox == "none" ? function.AppFolder : SandboxSpec.TaskRoot;
        var instanceId = Guid.NewGuid().ToString("N");
        return new SandboxSpec
        {
            Name = $"{function.Name}-{instanceId[..8]}",
            AppFolder = function.AppFolder,
            Command = function.Command(taskRoot, Path.Combine(dotnet, "dotnet")),
            Environment = GuestVariables.Of(function, instanceId, taskRoot),
            MemoryLimitMb = function.MemoryMb,
            CpuLimit = function.CpuLimit,
            TmpSizeMb = function.TmpMb,
            ReadOnlyMounts = [new ReadOnlyMount(dotnet, dotnet)],
            Descriptors = descriptors,
            AllowNetwork = function.HostNetwork,
            Layers = function.Layers,
            // A program of its own need never come to the point where a snapshot is taken.
            SnapshotKey = function is { Snapshot: true, IsRehearsed: false, Kind: FunctionKind.Lambda, Handler.Length: > 0 }
                ? function.Name
                : null,
        };
    }
}
