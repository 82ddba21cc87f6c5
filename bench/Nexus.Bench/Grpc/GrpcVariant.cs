using Nexus.Bench.Aws;

namespace Nexus.Bench.Grpc;

/// <summary>One way of running the function.</summary>
internal sealed record GrpcVariant(string Name, IReadOnlyList<OperationResult> Operations)
{
    public OperationResult Of(string operation) => Operations.Single(candidate => candidate.Operation == operation);
}
