namespace Nexus.Bench.Grpc;

/// <summary>Everything measured in one run.</summary>
internal sealed record GrpcResult(int Rounds, IReadOnlyList<GrpcPart> Parts);
