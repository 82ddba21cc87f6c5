namespace Nexus.Vmm.Tests.Support;

/// <summary>Ends a wait that would otherwise never end; not a statement about speed.</summary>
internal static class Watchdog
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static async Task<T> Within<T>(this Task<T> task, object test)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{test.GetType().Name}: nothing happened for {Limit.TotalSeconds} s");
        }
    }
}
