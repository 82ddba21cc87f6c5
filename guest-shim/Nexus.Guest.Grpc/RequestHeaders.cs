using System.Diagnostics;

namespace Nexus.Guest.Grpc;

/// <summary>The headers that the function's code adds to a call.</summary>
internal static class RequestHeaders
{
    private const string Timeout = "grpc-timeout";
    private const string WantedEncoding = "grpc-internal-encoding-request";
    private const string Encoding = "grpc-encoding";
    private static readonly List<KeyValuePair<string, string>> None = [];

    /// <summary>Headers of the call's options, and the name of the compression they ask for.</summary>
    public static List<KeyValuePair<string, string>> Of(CallOptions options, out string encoding)
    {
        encoding = MessageSender.Identity;
        var trace = Activity.Current;
        if (options.Headers is not { Count: > 0 } metadata)
        {
            return trace is null ? None : Traced(new List<KeyValuePair<string, string>>(2), trace);
        }

        var headers = new List<KeyValuePair<string, string>>(metadata.Count);
        foreach (var entry in metadata)
        {
            if (entry.Key is WantedEncoding or Encoding)
            {
                encoding = encoding == MessageSender.Identity ? entry.Value : encoding;
                headers.Add(new KeyValuePair<string, string>(Encoding, entry.Value));
            }
            else if (entry.Key != Timeout)
            {
                headers.Add(Field(entry));
            }
        }

        return trace is null ? headers : Traced(headers, trace);
    }

    public static void Add(List<KeyValuePair<string, string>> headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            headers.Add(Field(entry));
        }
    }

    private static KeyValuePair<string, string> Field(Metadata.Entry entry) =>
        new(entry.Key, entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value);

    /// <summary>HttpClient, which the library calls through, passes the current activity on.</summary>
    public static void AddTrace(List<KeyValuePair<string, string>> headers, Activity trace) =>
        DistributedContextPropagator.Current.Inject(
            trace,
            headers,
            static (carrier, name, value) => ((List<KeyValuePair<string, string>>)carrier!).Add(new(name, value))
        );

    private static List<KeyValuePair<string, string>> Traced(List<KeyValuePair<string, string>> headers, Activity trace)
    {
        AddTrace(headers, trace);
        return headers;
    }
}
