namespace Nexus.Vmm.Snapshots;

/// <summary>Pages of a working set that follow each other.</summary>
/// <param name="First">The first one's number.</param>
/// <param name="Count">How many.</param>
/// <param name="Written">Whether the clone wrote them, and has copies of its own.</param>
internal readonly record struct PageRun(uint First, uint Count, bool Written)
{
    public uint End => First + Count;
}
