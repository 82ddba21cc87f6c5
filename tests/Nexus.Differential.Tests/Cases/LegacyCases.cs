namespace Nexus.Differential.Tests.Cases;

internal static class LegacyCases
{
    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        Case("round trip", "legacy", """{"operation":"roundTrip","key":"a/1.txt","text":"written by 3.7"}"""),
        Case(
            "list",
            "a/2.txt",
            """{"operation":"roundTrip","key":"a/1.txt","text":"1"}""",
            """{"operation":"roundTrip","key":"a/2.txt","text":"2"}""",
            """{"operation":"roundTrip","key":"a/3.txt","text":"3"}""",
            """{"operation":"list","key":"a/"}"""
        ),
        Case("missing", "NoSuchKey", """{"operation":"missing","key":"none"}"""),
        Case("transfer utility", "6291456", """{"operation":"transfer","key":"a/large.bin"}"""),
    ];

    private static DifferentialCase Case(string name, string expect, params string[] events) =>
        new($"sdk 3.7: {name}", "LegacyObjects", expect, events);
}
