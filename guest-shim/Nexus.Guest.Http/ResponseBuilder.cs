using System.Net;
using System.Text;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http;

/// <summary>Makes the library's response from the answer's head.</summary>
internal static class ResponseBuilder
{
    /// <param name="request">What it answers.</param>
    /// <param name="head">The answer's head.</param>
    /// <param name="call">Brings the body; the response's content disposes of it.</param>
    /// <param name="ended">Whether no body follows.</param>
    /// <param name="sending">Ends what is still sent of the request's body.</param>
    /// <param name="settings">The handler's.</param>
    public static HttpResponseMessage Build(
        HttpRequestMessage request,
        HttpResponseHead head,
        ChannelCall call,
        bool ended,
        CancellationTokenSource? sending,
        HandlerSettings settings
    )
    {
        var response = new HttpResponseMessage((HttpStatusCode)head.Status)
        {
            RequestMessage = request,
            Version = Version.TryParse(head.Version, out var version) ? version : HttpVersion.Version11,
        };
        if (head.Reason.Length > 0)
        {
            response.ReasonPhrase = head.Reason == HttpResponseHead.NoReason ? "" : head.Reason;
        }

        response.Content = new ResponseContent(new ResponseStream(call, ended, response, sending));
        foreach (var (name, text) in head.Headers)
        {
            var value = Decode(name, text, request, settings);
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    private static string Decode(string name, string value, HttpRequestMessage request, HandlerSettings settings) =>
        settings.ResponseEncoding?.Invoke(name, request) is { } encoding ? encoding.GetString(Encoding.Latin1.GetBytes(value)) : value;
}
