namespace Nexus.Channel;

/// <summary>Wakes the other end (or, for one's own, the pump of this end).</summary>
public abstract class Doorbell : IDisposable
{
    /// <summary>Rings; never blocks, never fails: a dead listener is found out by other means.</summary>
    public abstract void Ring();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}
