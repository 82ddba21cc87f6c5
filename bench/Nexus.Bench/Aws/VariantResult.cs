namespace Nexus.Bench.Aws;

/// <summary>Everything measured of one variant.</summary>
internal sealed record VariantResult
{
    public required string Name { get; init; }

    public required IReadOnlyList<OperationResult> Operations { get; init; }

    /// <summary>GetItem by several instances at the same time.</summary>
    public required OperationResult Together { get; init; }

    /// <summary>Milliseconds, the median of several starts.</summary>
    public required double FirstCall { get; init; }

    /// <summary>After DynamoDB calls only, when nothing happened for two seconds.</summary>
    public required MemoryFigures Idle { get; init; }

    /// <summary>The same after the aggressive collection that Nexus does by itself.</summary>
    public required MemoryFigures Collected { get; init; }

    public OperationResult Of(string operation) => Operations.Single(result => result.Operation == operation);
}
