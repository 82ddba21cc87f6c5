using System.Buffers.Binary;

namespace Nexus.Vmm.Snapshots;

/// <summary>Reads what a <see cref="StateWriter"/> wrote; whatever does not fit is NEXUS0934.</summary>
internal sealed class StateReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> _rest = bytes;

    public byte Get8() => Cut(1)[0];

    public ushort Get16() => BinaryPrimitives.ReadUInt16LittleEndian(Cut(2));

    public uint Get32() => BinaryPrimitives.ReadUInt32LittleEndian(Cut(4));

    public ulong Get64() => BinaryPrimitives.ReadUInt64LittleEndian(Cut(8));

    /// <summary>A length of 32 bits and the bytes.</summary>
    /// <param name="expected">The only length accepted; null for any.</param>
    public byte[] GetBytes(int? expected = null)
    {
        var length = Get32();
        if (length > (uint)_rest.Length || (expected is { } wanted && wanted != length))
        {
            throw VmmDiagnostics.SnapshotMismatch.With($"{length} bytes of state where {expected ?? _rest.Length} fit");
        }

        return Cut((int)length).ToArray();
    }

    /// <summary>Passes over bytes that nobody wants.</summary>
    public void Skip(int length) => Cut(length);

    /// <summary>Everything has been read.</summary>
    public void End()
    {
        if (!_rest.IsEmpty)
        {
            throw VmmDiagnostics.SnapshotMismatch.With($"{_rest.Length} bytes of state too many");
        }
    }

    private ReadOnlySpan<byte> Cut(int length)
    {
        if (length > _rest.Length)
        {
            throw VmmDiagnostics.SnapshotMismatch.With($"{length} bytes of state expected, {_rest.Length} left");
        }

        var cut = _rest.Span[..length];
        _rest = _rest[length..];
        return cut;
    }
}
