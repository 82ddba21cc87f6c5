using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>Owns one file descriptor.</summary>
internal class OwnedDescriptor : SafeHandle
{
    public OwnedDescriptor(int number, bool ownsHandle = true)
        : base(-1, ownsHandle)
    {
        SetHandle(number);
    }

    public override bool IsInvalid => handle < 0;

    /// <summary>The number; valid while this object is.</summary>
    public int Number => (int)handle;

    /// <summary>Opens a file read-only, close-on-exec.</summary>
    public static OwnedDescriptor OpenRead(string path) => new(Checked(Libc.Open(path, Libc.CloseOnExec, 0), $"open {path}"));

    /// <summary>The length of what the descriptor names, in bytes (lseek(2)).</summary>
    public long Length => Libc.Seek(Number, 0, Libc.SeekEnd) is >= 0 and var length ? length : throw Failed("lseek");

    /// <summary>Reads at a position without moving it; short only at the end (pread(2)).</summary>
    public unsafe int ReadAt(Span<byte> buffer, long offset)
    {
        var done = 0;
        fixed (byte* start = buffer)
        {
            while (done < buffer.Length)
            {
                var count = Libc.ReadAt(Number, start + done, (nuint)(buffer.Length - done), offset + done);
                if (count < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
                {
                    continue;
                }

                if (count < 0)
                {
                    throw Failed("pread");
                }

                if (count == 0)
                {
                    break;
                }

                done += (int)count;
            }
        }

        return done;
    }

    /// <summary>Writes what a pipe takes at once (write(2)); a reader that has ended is no error.</summary>
    public unsafe void TryWrite(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            _ = Libc.Write(Number, start, (nuint)bytes.Length);
        }
    }

    /// <summary>Waits for a byte of a pipe (read(2)); false when nobody can write one any more.</summary>
    public unsafe bool WaitForByte()
    {
        byte value;
        nint count;
        while ((count = Libc.Read(Number, &value, 1)) < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted) { }

        return count == 1;
    }

    /// <summary>The whole content.</summary>
    public byte[] ReadAll()
    {
        var content = new byte[checked((int)Length)];
        return ReadAt(content, 0) == content.Length ? content : throw new EndOfStreamException("the file shrank while it was read");
    }

    internal static int Checked(int result, string call) => result >= 0 ? result : throw Failed(call);

    internal static Win32Exception Failed(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new Win32Exception(error, $"{call}: error {error}");
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
