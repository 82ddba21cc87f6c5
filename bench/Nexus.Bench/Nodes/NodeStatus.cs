namespace Nexus.Bench.Nodes;

/// <summary>What the node answers at <c>/nexus/functions</c>.</summary>
internal sealed record NodeStatus(
    long AwsCalls,
    IReadOnlyDictionary<string, long> AwsCallsByService,
    IReadOnlyList<FunctionStatus> Functions
)
{
    public InstanceStatus Instance(string function) => Functions.Single(status => status.Name == function).Instances.Single();
}

internal sealed record FunctionStatus(string Name, string Sandbox, IReadOnlyList<InstanceStatus> Instances);

/// <summary>One instance; memory includes the sandbox's helpers.</summary>
internal sealed record InstanceStatus(
    int? Process,
    double InitMilliseconds,
    long PssBytes,
    long PrivateDirtyBytes,
    int Sockets,
    IReadOnlyDictionary<string, uint> RuleHits
);
