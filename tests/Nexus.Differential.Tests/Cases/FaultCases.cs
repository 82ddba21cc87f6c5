namespace Nexus.Differential.Tests.Cases;

internal static class FaultCases
{
    private static readonly string[] s_refusals =
    [
        "missingTable",
        "validation",
        "condition",
        "tableExists",
        "missingBucket",
        "missingKey",
        "missingHead",
        "missingUpload",
        "missingQueue",
        "emptyName",
    ];

    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        .. s_refusals.Select(kind => Case(kind, "\"type\": \"Amazon", kind)),
        .. s_refusals.Take(8).Select(kind => Case($"{kind}, unhandled", "\"errorType\"", $"unhandled-{kind}")),
        Case("simple", "InvalidOperationException", "simple"),
        Case("custom", "PaymentDeclinedException", "custom"),
        Case("nested", "TimeoutException", "nested"),
        Case("aggregate", "causes", "aggregate"),
        Case("after await", "PaymentDeclinedException", "afterAwait"),
        Case("generic type", "GenericException", "generic"),
        Case("by reflection", "TargetInvocationException", "reflection"),
        Case("null response", "null", "null"),
        Case("error stream", "complained", "errorStream"),
        Case("works after failures", "Nothing failed", "simple", "none"),
        new("faults: many logs", "Faults", "logged", """{"kind":"manyLogs","amount":20}"""),
        new("faults: response of 1 MB", "Faults", "xxxx", """{"kind":"bigResponse","amount":1000000}"""),
    ];

    private static DifferentialCase Case(string name, string expect, params string[] kinds) =>
        new($"faults: {name}", "Faults", expect, [.. kinds.Select(kind => $$"""{"kind":"{{kind}}"}""")]);
}
