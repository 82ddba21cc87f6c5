using System.Diagnostics;

namespace Nexus.Bench.Output;

/// <summary>Says what is going on and how long it took: on standard error, so that results can be piped.</summary>
internal static class Step
{
    public static async Task<T> RunAsync<T>(string what, Func<Task<T>> work)
    {
        await Console.Error.WriteAsync($"  {what} ...");
        var watch = Stopwatch.StartNew();
        var result = await work();
        await Console.Error.WriteLineAsync(FormattableString.Invariant($" {watch.Elapsed.TotalSeconds:F1} s"));
        return result;
    }

    public static Task RunAsync(string what, Func<Task> work) =>
        RunAsync(
            what,
            async () =>
            {
                await work();
                return 0;
            }
        );
}
