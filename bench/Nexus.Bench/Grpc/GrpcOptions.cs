namespace Nexus.Bench.Grpc;

/// <summary>What to measure.</summary>
/// <param name="Rounds">Rounds that count, after those that warm up.</param>
/// <param name="Part">One of <see cref="GrpcOperations.Parts"/>; null for all.</param>
internal sealed record GrpcOptions(int Rounds, string? Part);
