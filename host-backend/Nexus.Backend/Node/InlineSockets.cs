namespace Nexus.Backend.Node;

/// <summary>
/// Lets the threads that wait for sockets run what became ready themselves, instead of handing it to the pool: nothing in the backend blocks, and each hand-over
/// wakes another thread, which costs a small call more than all its work (docs/decisions/0015-cost-of-a-call.md).
/// </summary>
public static class InlineSockets
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called by a program that is a backend and nothing else, before its first socket. What the environment says already stays.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }
}
