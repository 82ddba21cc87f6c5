namespace Nexus.Guest.Grpc;

/// <summary>Finds a channel's servers.</summary>
public interface IAddressSource
{
    /// <summary>Host and port whose name stands for the servers; empty when each has a name of its own.</summary>
    string Authority { get; }

    /// <summary>Those of now, as soon as there are some or it is known why not.</summary>
    /// <param name="waits">Whether the call waits until there are some.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<GrpcAddresses> CurrentAsync(bool waits, CancellationToken cancellation);

    /// <summary>None of them could be reached: there may be others by now.</summary>
    void Refresh();
}
