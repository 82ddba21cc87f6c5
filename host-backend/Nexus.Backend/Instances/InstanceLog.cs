using System.Text;
using Microsoft.Extensions.Logging;

namespace Nexus.Backend.Instances;

/// <summary>Reads what an instance prints, passes it on with function and request id, and remembers the end of the current invocation's part.</summary>
internal sealed class InstanceLog(string function, ILogger logger)
{
    private const int TailBytes = 4096;
    private const int LongestLine = 64 * 1024;
    private readonly StringBuilder _tail = new();
    private string _requestId = "-";
    private long _received;

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
                Interlocked.Add(ref _received, read);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // The instance is gone.
        }

        if (line.Length > 0)
        {
            Write(line.ToString());
        }
    }

    /// <summary>An invocation begins: its tail starts empty.</summary>
    public void Begin(string requestId)
    {
        lock (_tail)
        {
            _requestId = requestId;
            _tail.Clear();
        }

        Write($"START RequestId: {requestId} Version: $LATEST");
    }

    /// <summary>An invocation ended.</summary>
    public void End(string requestId, string report)
    {
        Write($"END RequestId: {requestId}");
        Write(report);
    }

    /// <summary>What the function wrote before it answered is in the pipe already; this waits until it was read.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < 10; round++)
        {
            var before = Interlocked.Read(ref _received);
            await Task.Delay(5).ConfigureAwait(false);
            if (Interlocked.Read(ref _received) == before)
            {
                return;
            }
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
