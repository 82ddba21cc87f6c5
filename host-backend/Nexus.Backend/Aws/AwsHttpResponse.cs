namespace Nexus.Backend.Aws;

/// <summary>An answer whose body is still on the connection. Dispose gives the connection back.</summary>
public sealed class AwsHttpResponse : IDisposable
{
    private readonly HttpResponseMessage _message;
    private readonly Stream _body;
    private readonly string _place;
    private ReadOnlyMemory<byte> _prefix;

    internal AwsHttpResponse(HttpResponseMessage message, Stream body, string place)
    {
        _message = message;
        _body = body;
        _place = place;
        StatusCode = (int)message.StatusCode;
        ReasonPhrase = message.ReasonPhrase ?? "";
        ContentLength = message.Content.Headers.ContentLength;
        var headers = new List<AwsHeader>(16);
        foreach (var header in message.Headers.NonValidated)
        {
            foreach (string value in header.Value)
            {
                headers.Add(new AwsHeader(header.Key, value));
            }
        }
        foreach (var header in message.Content.Headers.NonValidated)
        {
            foreach (string value in header.Value)
            {
                headers.Add(new AwsHeader(header.Key, value));
            }
        }
        Headers = headers;
    }

    public int StatusCode { get; }

    public string ReasonPhrase { get; }

    /// <summary>One entry per header line, values as received (Latin-1).</summary>
    public IReadOnlyList<AwsHeader> Headers { get; }

    /// <summary>Null if the service did not say.</summary>
    public long? ContentLength { get; }

    /// <summary>Attempts it took, this one included.</summary>
    public int Attempts { get; internal set; } = 1;

    /// <summary>The service's error code where one was looked for and found.</summary>
    public string? ErrorCode { get; internal set; }

    /// <summary>The value of a header, case-insensitively; null if absent.</summary>
    public string? Header(string name)
    {
        foreach (AwsHeader header in Headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }
        return null;
    }

    /// <summary>Reads body bytes straight into <paramref name="target"/>; 0 at the end.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0419: the connection broke.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (_prefix.IsEmpty)
        {
            return ReadBodyAsync(target, cancellationToken);
        }
        int taken = Math.Min(_prefix.Length, target.Length);
        _prefix[..taken].CopyTo(target);
        _prefix = _prefix[taken..];
        return ValueTask.FromResult(taken);
    }

    public void Dispose() => _message.Dispose();

    /// <summary>Reads ahead for classifying; what was read is handed on by <see cref="ReadAsync"/> all the same.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int size, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[size];
        int count = 0;
        while (count < size)
        {
            int read = await _body.ReadAsync(bytes.AsMemory(count), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }
            count += read;
        }
        _prefix = bytes.AsMemory(0, count);
        return _prefix;
    }

    private async ValueTask<int> ReadBodyAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        try
        {
            return await _body.ReadAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw AwsDiagnostics.ResponseBroken.With(_place, e);
        }
    }
}
