namespace Nexus.Channel.Tests;

/// <summary>Watchdogs: generous, never what a test is about.</summary>
internal static class Watch
{
    public static readonly TimeSpan Dog = TimeSpan.FromSeconds(30);

    public static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        var end = DateTime.UtcNow + Dog;
        while (!condition())
        {
            Assert.IsLessThan(end, DateTime.UtcNow, otherwise);
            await Task.Delay(5);
        }
    }
}
