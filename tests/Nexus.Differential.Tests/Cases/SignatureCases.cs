namespace Nexus.Differential.Tests.Cases;

internal static class SignatureCases
{
    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        Case("Static", "static text", "\"text\""),
        Case("NoInput", "no input", "{}"),
        Case("OnlyContext", "True 512 True", "{}"),
        Case("Nothing", "ok", """{"a":1,"b":2}"""),
        Case("NothingLater", "ok", "[1,2,3]"),
        Case("Streams", "\"length\": 7", "[1,2,3]"),
        Case("StreamsLater", "\"raw\": true", """{"raw":true}"""),
        Case("OwnSerializer", "\"Kind\": \"x!\"", """{"Kind":"x","Amount":1}"""),
        Case("Number", "42", "41"),
    ];

    private static DifferentialCase Case(string method, string expect, params string[] events) =>
        new($"signatures: {method}", "Faults", expect, events) { Handler = $"Faults::Faults.Signatures::{method}" };
}
