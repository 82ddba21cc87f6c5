namespace Nexus.Bench.Aws;

/// <summary>Of the function's process, in MB.</summary>
internal sealed record MemoryFigures(double PrivateDirty, double Pss)
{
    public static MemoryFigures Of(int pid)
    {
        var usage = ProcessFigures.Memory(pid);
        return new MemoryFigures(usage.PrivateDirtyBytes / 1048576.0, usage.PssBytes / 1048576.0);
    }
}
