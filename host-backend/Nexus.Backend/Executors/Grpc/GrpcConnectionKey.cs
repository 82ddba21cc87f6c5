namespace Nexus.Backend.Executors.Grpc;

/// <summary>What calls must have in common to share connections.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">1 to 65,535.</param>
/// <param name="Name">Whom the certificate must be for.</param>
/// <param name="ReachesThisMachine">Whether it may be on this machine.</param>
internal sealed record GrpcConnectionKey(string Scheme, string Host, int Port, string Name, bool ReachesThisMachine);
