using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>Takes out of an answer what differs between any two runs, and leaves its form: a request id becomes its length and alphabet.</summary>
internal sealed partial class Normalizer(EmulatorSet emulators, string function)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public string Answer(InvocationOutcome outcome)
    {
        var text = Encoding.UTF8.GetString(outcome.Payload);
        if (text.Length > 0)
        {
            var json = JsonNode.Parse(text);
            if (outcome.FunctionError is not null)
            {
                Error(json!.AsObject());
            }

            Walk(json);
            text = json?.ToJsonString(s_indented) ?? "null";
        }

        return $"{outcome.FunctionError ?? "ok"} {text}";
    }

    /// <summary>The function's own lines, without the runtime's and without the time and request id before each.</summary>
    public string Log(InvocationOutcome outcome)
    {
        // The runtime logs an unhandled exception as its last entry; a process without a runtime does not.
        var own = outcome.FunctionError is null ? outcome.Log : UnhandledException().Replace(outcome.Log, "");
        var lines = own.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !Runtime().IsMatch(line));
        return Addresses(string.Join('\n', lines.Select(line => Prefix().Replace(line, ""))));
    }

    private void Error(JsonObject error)
    {
        var own = (error["stackTrace"] as JsonArray ?? [])
            .Select(frame => frame!.GetValue<string>())
            .Where(frame => frame.StartsWith($"at {function}.", StringComparison.Ordinal))
            .Select(frame => (JsonNode)frame)
            .ToArray();
        error.Remove("stackTrace");
        error["stackTrace"] = new JsonArray(own);
        if (error["cause"] is JsonObject cause)
        {
            Error(cause);
        }

        foreach (var inner in error["causes"] as JsonArray ?? [])
        {
            Error(inner!.AsObject());
        }
    }

    private void Walk(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach (var (name, value) in fields.ToList())
            {
                fields[name] = value is JsonValue leaf && leaf.TryGetValue<string>(out var text) ? Text(name, text) : Visited(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Walk(item);
            }
        }
    }

    private JsonNode? Visited(JsonNode? node)
    {
        Walk(node);
        return node?.DeepClone();
    }

    private string Text(string name, string text) =>
        name switch
        {
            "requestId" => Form(text),
            "lastModified" => Digits().Replace(text, "0"),
            _ => Addresses(text),
        };

    private static string Form(string id) =>
        $"{Lower().Replace(Upper().Replace(Digits().Replace(id, "0"), "0"), "0")[..Math.Min(id.Length, 64)]}";

    private string Addresses(string text) =>
        text.Replace(emulators.DynamoDb.Authority, "<dynamodb>", StringComparison.Ordinal)
            .Replace(emulators.S3.Authority, "<s3 and sqs>", StringComparison.Ordinal);

    [GeneratedRegex(@"^(START|END|REPORT|INIT_START|INIT_REPORT) ")]
    private static partial Regex Runtime();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t((trce|dbug|info|warn|fail|crit)\t)?")]
    private static partial Regex Prefix();

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t\n]*\tfail\t[\w.`]+(\[[\w., \[\]`]+\])?(: |\n).*\z",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex UnhandledException();

    [GeneratedRegex("[0-9]")]
    private static partial Regex Digits();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Upper();

    [GeneratedRegex("[a-z]")]
    private static partial Regex Lower();
}
