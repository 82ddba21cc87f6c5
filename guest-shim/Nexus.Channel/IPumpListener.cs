namespace Nexus.Channel;

/// <summary>Somebody who waits for a descriptor that a pump watches.</summary>
public interface IPumpListener
{
    /// <summary>Called on a thread of the pump, perhaps on several at once, after something happened at the descriptor: adds what can run now. Must not block.</summary>
    /// <param name="ready">What the pump runs next.</param>
    void Collect(List<IThreadPoolWorkItem> ready);
}
