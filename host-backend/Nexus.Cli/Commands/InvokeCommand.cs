using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Nexus.Cli.Configuration;
using Nexus.Cli.Functions;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus invoke</c>: calls a function of a running node by the Lambda Invoke API.</summary>
internal static class InvokeCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The function's name" };
        var file = new Option<string?>("--event")
        {
            Description = "File with the event, '-' for standard input ({} when absent)",
            HelpName = "file",
        };
        var endpoint = new Option<string?>("--endpoint")
        {
            Description = "Address of the node; NEXUS_LISTEN, AWS_ENDPOINT_URL_LAMBDA or http://127.0.0.1:9001 when absent",
            HelpName = "url",
        };
        var later = new Option<bool>("--async") { Description = "Only hand the event over; the function runs later" };
        var tail = new Option<bool>("--tail") { Description = "Print the end of the log on standard error" };
        var command = new Command("invoke", "Call a function of a running node") { name, file, endpoint, later, tail };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = new HttpClient
                {
                    BaseAddress = FindEndpoint(parsed.GetValue(endpoint)),
                    Timeout = Timeout.InfiniteTimeSpan,
                };
                using var request = MakeRequest(
                    parsed.GetRequiredValue(name),
                    EventReader.Read(parsed.GetValue(file)),
                    parsed.GetValue(later),
                    parsed.GetValue(tail)
                );
                using var response = await SendAsync(client, request, cancellation);
                var payload = await response.Content.ReadAsByteArrayAsync(cancellation);
                return Print(response, payload, parsed.GetValue(CommandTree.Json));
            }
        );
        return command;
    }

    private static Uri FindEndpoint(string? given)
    {
        var listen = SettingCatalogue.Node.First(static setting => setting.Key == "listen");
        var (text, origin) =
            given is not null ? (given, "in the switch --endpoint")
            : HostVariables.All.GetValueOrDefault(listen.Variable) is { Length: > 0 } own ? (own, $"in the variable {listen.Variable}")
            : HostVariables.All.GetValueOrDefault("AWS_ENDPOINT_URL_LAMBDA") is { Length: > 0 } sdk
                ? (sdk, "in the variable AWS_ENDPOINT_URL_LAMBDA")
            : ((string)listen.Default!, "");
        return new Uri((string)SettingReader.FromText(listen with { Key = "endpoint" }, [text], origin));
    }

    private static HttpRequestMessage MakeRequest(string name, byte[] payload, bool later, bool tail)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/2015-03-31/functions/{Uri.EscapeDataString(name)}/invocations")
        {
            Content = new ByteArrayContent(payload),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Amz-Invocation-Type", later ? "Event" : "RequestResponse");
        if (tail && !later)
        {
            request.Headers.Add("X-Amz-Log-Type", "Tail");
        }

        return request;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await client.SendAsync(request, cancellation);
        }
        catch (HttpRequestException failure)
        {
            throw CliDiagnostics.NodeUnreachable.With($"{client.BaseAddress}: {failure.Message}", failure);
        }
    }

    private static int Print(HttpResponseMessage response, byte[] payload, bool asJson)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw CliDiagnostics.InvokeRefused.With(
                $"{(int)response.StatusCode} {Header(response, "x-amzn-ErrorType")}: {ReadReason(payload)}"
            );
        }

        var functionError = Header(response, "X-Amz-Function-Error");
        var log = Encoding.UTF8.GetString(Convert.FromBase64String(Header(response, "X-Amz-Log-Result") ?? ""));
        if (asJson)
        {
            Terminal.Json(
                new
                {
                    StatusCode = (int)response.StatusCode,
                    RequestId = Header(response, "x-amzn-RequestId"),
                    Result = PayloadText.ToJson(payload),
                    FunctionError = functionError,
                    Log = log,
                }
            );
        }
        else
        {
            Console.Error.Write(log);
            Console.Out.WriteLine(
                response.StatusCode is System.Net.HttpStatusCode.Accepted
                    ? $"accepted {Header(response, "x-amzn-RequestId")}"
                    : Encoding.UTF8.GetString(payload)
            );
        }

        return functionError is null ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static string ReadReason(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return document.RootElement.GetProperty("Message").GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Encoding.UTF8.GetString(payload);
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
