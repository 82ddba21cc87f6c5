namespace Nexus.Backend.Aws;

/// <summary>What signing a request leaves behind for signing its chunks.</summary>
/// <param name="Signature">Lower-case hexadecimal; the seed of the chunk signatures.</param>
/// <param name="SigningKey">Derived key of the day, region and service.</param>
/// <param name="Time">The instant in <c>x-amz-date</c>.</param>
/// <param name="Scope">Service and region.</param>
public sealed record AwsSignature(string Signature, ReadOnlyMemory<byte> SigningKey, DateTimeOffset Time, AwsSigningScope Scope)
{
    public override string ToString() => Signature;
}
