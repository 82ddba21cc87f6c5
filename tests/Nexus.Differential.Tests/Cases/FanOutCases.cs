namespace Nexus.Differential.Tests.Cases;

internal static class FanOutCases
{
    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        Case("fifty at once", "1225", """{"operation":"many","calls":50}"""),
        Case("warm, again", "1225", """{"operation":"many","calls":50}""", """{"operation":"many","calls":50}"""),
        Case("cancelled before", "given up", """{"operation":"cancelled"}"""),
        Case("cancelled in flight", "given up", """{"operation":"cancelInFlight"}"""),
        Case("client timeout", "outcome", """{"operation":"clientTimeout"}"""),
        Case("cancelled, then many", "1225", """{"operation":"cancelInFlight"}""", """{"operation":"many","calls":50}"""),
    ];

    private static DifferentialCase Case(string name, string expect, params string[] events) =>
        new($"fan-out: {name}", "FanOut", expect, events);
}
