using System.Net;
using Amazon.Runtime.Internal.Transform;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Aws;

/// <summary>The raw answer as the SDK's unmarshallers read it.</summary>
internal sealed class AwsResponse(AwsResponseHead head, AwsResponseStream stream) : IWebResponseData, IHttpResponseBody
{
    public long ContentLength => head.ContentLength;

    /// <summary>Without parameters, as HttpClient splits it; null without the header.</summary>
    public string? ContentType => Find("Content-Type")?.Split(';')[0].Trim();

    public HttpStatusCode StatusCode => (HttpStatusCode)head.Status;

    public bool IsSuccessStatusCode => head.Status is >= 200 and <= 299;

    public IHttpResponseBody ResponseBody => this;

    public string[] GetHeaderNames() =>
        head.Headers.Select(static header => header.Key).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();

    public bool IsHeaderPresent(string headerName) => Find(headerName) is not null;

    // Empty, not null: request ids of services that send none are empty strings to the SDK's users.
    public string GetHeaderValue(string headerName) => Find(headerName) ?? "";

    public Stream OpenResponse() => stream;

    public Task<Stream> OpenResponseAsync() => Task.FromResult<Stream>(stream);

    public void Dispose() => stream.Dispose();

#if AWS_V4
    public bool IsEventHeaderPresent(string headerName) => false;

    public Amazon.Runtime.EventStreams.IEventStreamHeader? GetEventStreamHeader(string headerName) => null;
#endif

    private string? Find(string name)
    {
        foreach (var header in head.Headers)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }
}
