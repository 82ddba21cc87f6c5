namespace Nexus.Bench.Grpc;

/// <summary>Operations that were measured in the same variants.</summary>
/// <param name="Name"><c>client</c>, <c>server</c> or <c>in-node</c>.</param>
/// <param name="Variants">Nexus comes last.</param>
internal sealed record GrpcPart(string Name, IReadOnlyList<GrpcVariant> Variants);
