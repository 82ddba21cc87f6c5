using System.Diagnostics;

namespace Nexus.Bench.Nodes;

/// <summary>Starts this program again as one of its helpers; such a helper ends when its standard input ends.</summary>
internal static class Self
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Process Start(string role, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Self).Assembly.Location, role])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <exception cref="BenchException">The helper ended or did not answer in time; its standard error says why.</exception>
    public static async Task<Uri> ReadAddressAsync(Process process, string prefix)
    {
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return line?.StartsWith(prefix, StringComparison.Ordinal) == true
            ? new Uri(line[prefix.Length..])
            : throw new BenchException($"A helper process did not start: {line}");
    }

    public static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
