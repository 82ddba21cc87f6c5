using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Nexus.TestKit.Functions;

/// <summary>Runs a published function as it is, in one plain process that stays warm between invocations.</summary>
public sealed class DirectRunner : IFunctionRunner
{
    private const byte InitError = (byte)'X';
    private const byte LogText = (byte)'L';
    private const byte Result = (byte)'R';

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _head = new byte[48];
    private readonly TimeSpan _timeout;
    private InvocationOutcome? _initError;

    private DirectRunner(Process process, TimeSpan timeout)
    {
        _process = process;
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
        var log = new StringBuilder();
        var (kind, payload) = await runner.ReadAnswerAsync(log, cancellation);
        runner._initError = kind == InitError ? new InvocationOutcome(payload, "Unhandled", log.ToString()) : null;
        return runner;
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
            await WriteInvocationAsync(payload, watchdog.Token);
            var log = new StringBuilder();
            var (kind, answer) = await ReadAnswerAsync(log, watchdog.Token);
            return new InvocationOutcome(answer, kind == Result ? null : "Unhandled", log.ToString());
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

    private async Task WriteInvocationAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        Encoding.ASCII.GetBytes(Guid.NewGuid().ToString(), _head);
        BinaryPrimitives.WriteInt64LittleEndian(_head.AsSpan(36), DateTimeOffset.UtcNow.Add(_timeout).ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt32LittleEndian(_head.AsSpan(44), payload.Length);
        try
        {
            var input = _process.StandardInput.BaseStream;
            await input.WriteAsync(_head, cancellation);
            await input.WriteAsync(payload, cancellation);
            await input.FlushAsync(cancellation);
        }
        catch (IOException broken)
        {
            throw await EndedAsync(broken);
        }
    }

    private async Task<(byte Kind, byte[] Content)> ReadAnswerAsync(StringBuilder log, CancellationToken cancellation)
    {
        var output = _process.StandardOutput.BaseStream;
        var head = new byte[5];
        while (true)
        {
            if (await output.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation) < head.Length)
            {
                throw await EndedAsync(null);
            }

            var content = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1))];
            await output.ReadExactlyAsync(content, cancellation);
            if (head[0] != LogText)
            {
                return (head[0], content);
            }

            log.Append(Encoding.UTF8.GetString(content));
        }
    }

    private async Task<FunctionException> EndedAsync(Exception? inner)
    {
        await _process.WaitForExitAsync();
        lock (_errors)
        {
            return new FunctionException($"The function's process ended with {_process.ExitCode}. {_errors}", inner);
        }
    }
}
