namespace Nexus.Guest.Grpc.Legacy;

/// <summary>The headers that the function's code adds to a call.</summary>
internal static class LegacyHeaders
{
    private const string WantedEncoding = "grpc-internal-encoding-request";

    /// <summary>Headers of the call's options, and the compression they ask for. A name that the library does not know asks for none.</summary>
    public static List<KeyValuePair<string, string>> Of(CallOptions options, out IMessageCompression? compression)
    {
        compression = null;
        var headers = new List<KeyValuePair<string, string>>(options.Headers?.Count ?? 0);
        if (options.Headers is not { Count: > 0 } metadata)
        {
            return headers;
        }

        RequestHeaders.Add(headers, metadata);
        if (headers.FindIndex(static header => header.Key == WantedEncoding) is >= 0 and var at)
        {
            var name = headers[at].Value;
            compression = LegacyCompression.All.FirstOrDefault(pair => pair.Key == name).Value;
            headers.RemoveAll(static header => header.Key == WantedEncoding);
            if (compression is not null)
            {
                headers.Add(new("grpc-encoding", name));
            }
        }

        return headers;
    }
}
