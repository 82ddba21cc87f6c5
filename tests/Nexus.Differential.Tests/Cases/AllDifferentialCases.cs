namespace Nexus.Differential.Tests.Cases;

/// <summary>The table of cases, by function.</summary>
public static class AllDifferentialCases
{
    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        .. HelloAllCases.List,
        .. OrderCases.List,
        .. ObjectCases.List,
        .. QueueCases.List,
        .. FanOutCases.List,
        .. FaultCases.List,
        .. SignatureCases.List,
        .. LegacyCases.List,
    ];
}
