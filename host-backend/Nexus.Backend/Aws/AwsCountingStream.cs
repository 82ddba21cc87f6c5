namespace Nexus.Backend.Aws;

/// <summary>Passes a body on and holds it to its announced length: one byte more would start a second request on the connection.</summary>
internal sealed class AwsCountingStream(Stream target, long? announced, AwsChecksums? checksum) : AwsSinkStream
{
    /// <summary>Bytes passed on so far.</summary>
    public long Count { get; private set; }

    /// <summary>Whether the target failed, as opposed to the body's own source.</summary>
    public bool TargetFailed { get; private set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count += buffer.Length;
        if (Count > announced)
        {
            throw AwsDiagnostics.BodyLengthMismatch.With($"more than {announced} bytes");
        }
        checksum?.Append(buffer.Span);
        ValueTask written;
        try
        {
            written = target.WriteAsync(buffer, cancellationToken);
        }
        catch
        {
            TargetFailed = true;
            throw;
        }
        return written.IsCompletedSuccessfully ? ValueTask.CompletedTask : Await(written);
    }

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0409: the body ended early.</exception>
    public void End()
    {
        if (announced is { } length && Count != length)
        {
            throw AwsDiagnostics.BodyLengthMismatch.With($"{Count} of {length} bytes");
        }
    }

    private async ValueTask Await(ValueTask written)
    {
        try
        {
            await written.ConfigureAwait(false);
        }
        catch
        {
            TargetFailed = true;
            throw;
        }
    }
}
