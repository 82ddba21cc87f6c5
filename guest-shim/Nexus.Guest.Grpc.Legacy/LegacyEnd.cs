namespace Nexus.Guest.Grpc.Legacy;

/// <summary>How a call ended.</summary>
internal sealed record LegacyEnd(Status Status, Metadata Trailers)
{
    public RpcException Failure() => new(Status, Trailers);
}
