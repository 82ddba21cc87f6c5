using System.Diagnostics;
using System.Text;

namespace Nexus.TestKit.Functions;

/// <summary>Runs a published function as it is, in one plain process that stays warm between invocations.</summary>
public sealed class DirectRunner : IFunctionRunner
{
    private readonly Process _process;
    private readonly DirectFrames _frames;
    private readonly StringBuilder _errors = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly TimeSpan _timeout;
    private InvocationOutcome? _initError;

    private DirectRunner(Process process, TimeSpan timeout)
    {
        _process = process;
        _frames = new DirectFrames(process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        _timeout = timeout;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>Id of the function's process, for accounting of CPU and memory.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts the process and waits until the handler is bound.</summary>
    /// <param name="function">What to run.</param>
    /// <param name="environment">The function's variables; endpoints and credentials among them.</param>
    /// <param name="handler"><c>Assembly::Type::Method</c>, the function's usual one when null.</param>
    /// <param name="timeout">The deadline that the function sees and the watchdog of this runner; 60 s when null.</param>
    /// <exception cref="FunctionException">The process ended before it was ready.</exception>
    public static async Task<DirectRunner> StartAsync(
        PublishedFunction function,
        IReadOnlyDictionary<string, string> environment,
        string? handler = null,
        TimeSpan? timeout = null,
        CancellationToken cancellation = default
    )
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec",
                "--runtimeconfig",
                Path.Combine(function.Folder, function.Assembly + ".runtimeconfig.json"),
                Path.Combine(AppContext.BaseDirectory, "Nexus.DirectHost.dll"),
                function.Folder,
                handler ?? function.Handler,
            ]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = function.Folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var runner = new DirectRunner(Process.Start(start)!, timeout ?? TimeSpan.FromSeconds(60));
        try
        {
            runner._initError = await runner._frames.ReadReadyAsync(cancellation);
            return runner;
        }
        catch (IOException broken)
        {
            throw await runner.EndedAsync(broken);
        }
    }

    /// <inheritdoc/>
    public async Task<InvocationOutcome> InvokeAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation = default)
    {
        if (_initError is not null)
        {
            return _initError;
        }

        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(_timeout);
        await _turn.WaitAsync(watchdog.Token);
        try
        {
            return await _frames.InvokeAsync(payload, DateTimeOffset.UtcNow.Add(_timeout), watchdog.Token);
        }
        catch (IOException broken)
        {
            throw await EndedAsync(broken);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new FunctionException($"The function did not answer within {_timeout.TotalSeconds} s.", late);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<FunctionException> EndedAsync(Exception inner)
    {
        await _process.WaitForExitAsync();
        lock (_errors)
        {
            return new FunctionException($"The function's process ended with {_process.ExitCode}. {_errors}", inner);
        }
    }
}
