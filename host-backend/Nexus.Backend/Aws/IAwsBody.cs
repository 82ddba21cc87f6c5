namespace Nexus.Backend.Aws;

/// <summary>The body of a request, pushed into the connection; implemented over the guest's shared memory and over plain memory.</summary>
public interface IAwsBody
{
    /// <summary>Bytes that <see cref="WriteToAsync"/> will write; null if unknown.</summary>
    long? Length { get; }

    /// <summary>Whether <see cref="WriteToAsync"/> can be called again and writes the same bytes.</summary>
    bool Replayable { get; }

    /// <summary>Writes everything. Called for hashing as well as for sending when <see cref="Replayable"/>.</summary>
    ValueTask WriteToAsync(Stream target, CancellationToken cancellationToken);

    /// <summary>The whole body when it lies in one piece; spares small requests the streaming machinery.</summary>
    bool TryGetBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }
}
