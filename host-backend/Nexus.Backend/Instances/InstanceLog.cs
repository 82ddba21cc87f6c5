using System.Text;
using Microsoft.Extensions.Logging;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Instances;

/// <summary>Reads what an instance prints, passes it on with function and request id, and remembers the end of the current invocation's part.</summary>
internal sealed class InstanceLog(string function, ILogger logger)
{
    private const int TailBytes = 4096;
    private const int LongestLine = 64 * 1024;
    private static readonly TimeSpan LongestSettle = TimeSpan.FromMilliseconds(200);
    private readonly StringBuilder _tail = new();
    private string _requestId = "-";
    private TaskCompletionSource _marked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Reads a pipe to its end.</summary>
    public async Task ReadAsync(Stream pipe)
    {
        var buffer = new byte[4096];
        var decoder = Encoding.UTF8.GetDecoder();
        var characters = new char[4096];
        var line = new StringBuilder();
        try
        {
            int read;
            while ((read = await pipe.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                var count = decoder.GetChars(buffer.AsSpan(0, read), characters, flush: false);
                Split(characters.AsSpan(0, count), line);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The instance is gone.
        }

        Flush(line);
    }

    /// <summary>An invocation begins: its tail starts empty.</summary>
    public void Begin(string requestId)
    {
        lock (_tail)
        {
            _requestId = requestId;
            _tail.Clear();
            _marked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Write($"START RequestId: {requestId} Version: $LATEST");
    }

    /// <summary>An invocation ended.</summary>
    public void End(string requestId, string report)
    {
        Write($"END RequestId: {requestId}");
        Write(report);
    }

    /// <summary>
    /// Waits until everything the function printed before its result was read: the host prints a mark after it. Output on standard error is a pipe of its own
    /// and may be a moment late.
    /// </summary>
    public async Task SettleAsync()
    {
        try
        {
            await _marked.Task.WaitAsync(LongestSettle).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The instance died, or never wrote the mark.
        }
    }

    /// <summary>The last 4 KiB of the invocation's log, UTF-8.</summary>
    public byte[] Tail()
    {
        lock (_tail)
        {
            var bytes = Encoding.UTF8.GetBytes(_tail.ToString());
            return bytes.Length <= TailBytes ? bytes : bytes[^TailBytes..];
        }
    }

    private void Split(ReadOnlySpan<char> text, StringBuilder line)
    {
        foreach (var character in text)
        {
            if (character == InvocationHead.LogEndMark)
            {
                Flush(line);
                _marked.TrySetResult();
                continue;
            }

            if (character != '\n')
            {
                line.Append(character);
            }

            if (character == '\n' || line.Length >= LongestLine)
            {
                Write(line.ToString());
                line.Clear();
            }
        }
    }

    private void Flush(StringBuilder line)
    {
        if (line.Length > 0)
        {
            Write(line.ToString());
            line.Clear();
        }
    }

    private void Write(string line)
    {
        string requestId;
        lock (_tail)
        {
            requestId = _requestId;
            _tail.Append(line).Append('\n');
            if (_tail.Length > 4 * TailBytes)
            {
                _tail.Remove(0, _tail.Length - TailBytes);
            }
        }

        InstanceLogMessages.FunctionPrinted(logger, function, requestId, line);
    }
}
