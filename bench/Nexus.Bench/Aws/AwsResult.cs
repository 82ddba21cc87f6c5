namespace Nexus.Bench.Aws;

/// <summary>A run of the benchmark.</summary>
/// <param name="Service">What the calls went to.</param>
/// <param name="Rounds">The medians are of so many.</param>
/// <param name="Together">So many instances called at the same time.</param>
/// <param name="Variants">In the order of the tables.</param>
/// <param name="Backend">The backend's own process.</param>
/// <param name="Instances">How many instances it served then.</param>
internal sealed record AwsResult(
    string Service,
    int Rounds,
    int Together,
    IReadOnlyList<VariantResult> Variants,
    MemoryFigures Backend,
    int Instances
);
