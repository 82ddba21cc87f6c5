using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>The servers of a channel that has several.</summary>
/// <param name="Balancing">Which of them a call goes to.</param>
/// <param name="Addresses">Host and port of each; none when they are what the authority's name leads to, which the backend finds out.</param>
/// <param name="Failure">Why there are none; null otherwise.</param>
public sealed record GrpcAddresses(GrpcBalancing Balancing, IReadOnlyList<string> Addresses, Status? Failure = null);
