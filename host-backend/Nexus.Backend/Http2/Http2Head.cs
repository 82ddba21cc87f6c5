using System.Globalization;
using Nexus.Backend.Http2.Hpack;

namespace Nexus.Backend.Http2;

/// <summary>
/// A block of headers from a server. Fields of one name stand together, as .NET's own client has them. What is wrong with it concerns its stream only: the block is decoded to its end in any case.
/// </summary>
/// <param name="isTrailing">Whether it follows an answer's data.</param>
/// <param name="mostBytes">Names and values it may have.</param>
internal sealed class Http2Head(bool isTrailing, int mostBytes) : IHeaderReceiver
{
    private List<KeyValuePair<string, string>> _fields = [];
    private int _bytes;

    /// <summary>0 when there is none.</summary>
    public int Status { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    /// <summary>The first thing that is wrong.</summary>
    public Exception? Failure { get; private set; }

    public void OnHeader(string name, string value)
    {
        _bytes += name.Length + value.Length;
        if (Failure is null)
        {
            Failure = _bytes > mostBytes ? Http2Failures.HeadTooLarge(mostBytes) : Take(name, value);
        }
    }

    /// <summary>The block is over.</summary>
    public void End()
    {
        if (!isTrailing && Status == 0)
        {
            Failure ??= Http2Failures.InvalidResponse();
        }

        _fields = [.. _fields.GroupBy(static field => field.Key, StringComparer.OrdinalIgnoreCase).SelectMany(static group => group)];
    }

    private HttpRequestException? Take(string name, string value)
    {
        if (name.StartsWith(':'))
        {
            return TakePseudo(name, value);
        }

        if (!HeaderName.IsValid(name))
        {
            return Http2Failures.InvalidResponse($"Received an invalid header name: '{name}'.");
        }

        _fields.Add(new(name, value));
        return null;
    }

    private HttpRequestException? TakePseudo(string name, string value)
    {
        if (isTrailing)
        {
            return Http2Failures.InvalidResponse("Received an HTTP/2 pseudo-header as a trailing header.");
        }

        if (name != ":status")
        {
            return Http2Failures.InvalidResponse();
        }

        if (Status != 0)
        {
            return Http2Failures.InvalidResponse("The response contained more than one status code.");
        }

        if (value.Length != 3 || !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100)
        {
            return Http2Failures.InvalidResponse($"Received an invalid status code: '{value}'.");
        }

        Status = status;
        return null;
    }
}
