using System.Diagnostics;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Aws;

/// <summary>The same calls as an executable that was compiled ahead of time; it takes its requests from standard input.</summary>
internal sealed class NativeSubject : FunctionSubject
{
    private readonly Process _process;

    private NativeSubject(Process process) => _process = process;

    public static async Task<Subject> StartAsync(PublishedFunction function, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(Path.Combine(function.Folder, function.Assembly))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() != "READY")
        {
            throw new BenchException("the native executable did not start; its standard error says why");
        }

        return new NativeSubject(process) { GuestId = process.Id };
    }

    public override async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    protected override async Task<string> InvokeAsync(string request)
    {
        await _process.StandardInput.WriteLineAsync(request);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync()
            ?? throw new BenchException("the native executable ended; its standard error says why");
    }
}
