using System.ComponentModel;
using Microsoft.Extensions.Logging;
using Nexus.Backend.Interop;

namespace Nexus.Backend.Sandbox;

/// <summary>Puts a guest under its limits while it waits at the gate, and warns once about those this host cannot give.</summary>
internal sealed class GuestLimits
{
    private readonly CgroupHierarchy _hierarchy;

    public GuestLimits(CgroupHierarchy hierarchy, ILogger logger)
    {
        _hierarchy = hierarchy;
        var problem = hierarchy.Problems.Count > 0 ? hierarchy.Problems[0] : "no such controller is mounted";
        foreach (
            var (controller, fallback) in new[]
            {
                ("memory", "only the .NET heap is limited"),
                ("cpu", "CPU is not limited"),
                ("pids", "RLIMIT_NPROC is used"),
            }
        )
        {
            if (!hierarchy.Has(controller))
            {
                SandboxLog.LimitMissing(logger, controller, fallback, problem);
            }
        }
    }

    public Cgroup? CreateGroup(SandboxSpec spec) => Cgroup.Create(_hierarchy, spec);

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0205.</exception>
    public void Apply(int pid, SandboxSpec spec, Cgroup? group)
    {
        group?.Add(pid);
        try
        {
            ResourceLimits.Set(pid, ResourceLimits.OpenFiles, (ulong)spec.MaxOpenFiles);
            ResourceLimits.Set(pid, ResourceLimits.Core, 0);
            if (!_hierarchy.Has("pids"))
            {
                ResourceLimits.Set(pid, ResourceLimits.Processes, (ulong)spec.MaxProcesses);
            }
        }
        catch (Win32Exception e)
        {
            throw SandboxDiagnostics.LimitsNotApplied.With(e.Message, e);
        }
    }
}
