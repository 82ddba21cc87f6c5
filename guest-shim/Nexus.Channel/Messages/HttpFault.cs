namespace Nexus.Channel.Messages;

/// <summary>
/// One exception of a chain, outermost first, as the backend's HTTP stack raised it: enough to raise the same in the guest. A chain is the
/// <see cref="HttpResponseHead.Failure"/> of an answer, or the one field named <see cref="Field"/> of the trailers of a body that broke.
/// </summary>
/// <param name="Kind">One of the kinds below; another one is read as <see cref="Io"/>.</param>
/// <param name="Code">The kind's own number, 0 when it has none.</param>
/// <param name="Message">The exception's message.</param>
public readonly record struct HttpFault(string Kind, long Code, string Message)
{
    /// <summary>Name of the trailer that holds the chain; no header can be called so.</summary>
    public const string Field = ":fault";

    /// <summary><c>HttpRequestException</c>; the code is its <c>HttpRequestError</c>.</summary>
    public const string Request = "request";

    /// <summary><c>HttpIOException</c>; the code is its <c>HttpRequestError</c>.</summary>
    public const string HttpIo = "http-io";

    /// <summary><c>HttpProtocolException</c>; the code is the protocol's.</summary>
    public const string Protocol = "protocol";

    /// <summary><c>SocketException</c>; the code is its <c>SocketError</c>.</summary>
    public const string Socket = "socket";

    public const string Io = "io";

    public const string Authentication = "authentication";

    public const string Timeout = "timeout";

    /// <summary><c>TaskCanceledException</c>.</summary>
    public const string Canceled = "canceled";

    public const string InvalidOperation = "invalid";

    public const string NotSupported = "unsupported";

    /// <summary>The backend refused the call; the message is a diagnostic's.</summary>
    public const string Refused = "refused";

    // Longer chains than the HTTP stack's own say nothing more.
    private const int MostLinks = 8;
    private const int MostMessage = 4096;
    private const char FieldEnd = '\u001f';
    private const char LinkEnd = '\u001e';

    /// <summary>The chain as text.</summary>
    public static string Write(IEnumerable<HttpFault> chain) =>
        string.Concat(
            chain
                .Take(MostLinks)
                .Select(static fault =>
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"{fault.Kind}{FieldEnd}{fault.Code}{FieldEnd}{Clean(fault.Message)}{LinkEnd}"
                    )
                )
        );

    /// <summary>Reads what <see cref="Write"/> wrote; anything else is one <see cref="Io"/> fault with the text as its message.</summary>
    public static IReadOnlyList<HttpFault> Read(string text)
    {
        var chain = new List<HttpFault>();
        foreach (var link in text.Split(LinkEnd, MostLinks + 1))
        {
            var fields = link.Split(FieldEnd, 3);
            if (
                fields.Length == 3
                && long.TryParse(
                    fields[1],
                    System.Globalization.NumberStyles.AllowLeadingSign,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out var code
                )
            )
            {
                chain.Add(new HttpFault(fields[0], code, fields[2]));
            }
        }

        return chain.Count > 0 ? chain : [new HttpFault(Io, 0, text)];
    }

    private static string Clean(string message)
    {
        var clean = message.Replace(FieldEnd, ' ').Replace(LinkEnd, ' ');
        return clean.Length <= MostMessage ? clean : clean[..MostMessage];
    }
}
