using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RestCaller;

/// <summary>Answers and failures as text, with everything a caller could look at.</summary>
internal static class Description
{
    public static async Task<Dictionary<string, string>> OfAsync(Func<Task<Dictionary<string, string>>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception failure)
        {
            return new() { ["failure"] = Of(failure) };
        }
    }

    public static async Task<Dictionary<string, string>> OfAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var told = Head(response);
            told["body"] = Short(await response.Content.ReadAsStringAsync());
            return told;
        }
    }

    public static Dictionary<string, string> Head(HttpResponseMessage response) =>
        new()
        {
            ["status"] = $"{(int)response.StatusCode} {response.StatusCode}",
            ["version"] = response.Version.ToString(),
            ["reason"] = response.ReasonPhrase ?? "(null)",
            ["headers"] = Fields(response.Headers),
            ["contentHeaders"] = Fields(response.Content.Headers),
            ["length"] = response.Content.Headers.ContentLength?.ToString(CultureInfo.InvariantCulture) ?? "(null)",
            ["type"] = response.Content.Headers.ContentType?.ToString() ?? "(null)",
            ["request"] = $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}",
            ["requestHeaders"] = response.RequestMessage is null ? "" : Fields(response.RequestMessage.Headers),
        };

    /// <summary>The failure and everything inside it.</summary>
    public static string Of(Exception failure)
    {
        var text = new StringBuilder();
        for (Exception? link = failure; link is not null; link = link.InnerException)
        {
            text.Append(text.Length > 0 ? " <- " : "").Append(link.GetType().FullName).Append(": ").Append(link.Message);
            text.Append(
                link switch
                {
                    HttpRequestException request => $" [{request.HttpRequestError} {request.StatusCode}]",
                    HttpProtocolException protocol => $" [{protocol.HttpRequestError} {protocol.ErrorCode}]",
                    HttpIOException io => $" [{io.HttpRequestError}]",
                    SocketException socket => $" [{socket.SocketErrorCode} {socket.ErrorCode} {socket.NativeErrorCode}]",
                    OperationCanceledException canceled => $" [{canceled.CancellationToken.IsCancellationRequested}]",
                    _ => "",
                }
            );
        }

        return text.ToString();
    }

    public static string Fields(System.Net.Http.Headers.HttpHeaders headers) =>
        string.Join('\n', headers.Where(field => field.Key != "Date").Select(field => $"{field.Key}: {string.Join(" | ", field.Value)}"));

    public static string Short(string text) => text.Length <= 4000 ? text : $"{text.Length} characters, {text[..40]}...{text[^40..]}";
}
