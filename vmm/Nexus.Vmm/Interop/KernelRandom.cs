using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>Random bytes of the host's kernel (getrandom(2)).</summary>
internal static class KernelRandom
{
    public static unsafe void Fill(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length; )
            {
                var count = Libc.GetRandom(start + done, (nuint)(bytes.Length - done), 0);
                if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
                {
                    throw OwnedDescriptor.Failed("getrandom");
                }

                done += (int)Math.Max(0, count);
            }
        }
    }
}
