using System.Buffers;

namespace Nexus.Vmm.Interop;

/// <summary>A whole file as memory, read where it lies in the host's page cache (mmap(2)); whoever gives it must not shorten it meanwhile.</summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly int _length;
    private byte* _address;

    public MappedFile(OwnedDescriptor file)
    {
        _length = checked((int)file.Length);
        if (_length > 0)
        {
            var address = Libc.Map(0, (nuint)_length, Libc.ProtectRead, Libc.MapPrivate | Libc.MapPopulate, file.Number, 0);
            _address = address != -1 ? (byte*)address : throw OwnedDescriptor.Failed("mmap");
        }
    }

    public override Span<byte> GetSpan() => new(_address, _address is null ? 0 : _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_address + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        if (_address is not null)
        {
            _ = Libc.Unmap((nint)_address, (nuint)_length);
            _address = null;
        }
    }
}
