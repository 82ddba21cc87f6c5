using System.Buffers.Binary;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Tests.Support.Interop;

namespace Nexus.Vmm.Tests.Support;

/// <summary>What is at the other end of a guest's network card: every address is here, and every datagram comes back as it was.</summary>
internal sealed class NetworkPeer : IDisposable
{
    private const int Header = FrameLink.HeaderBytes;
    private const ushort AddressResolution = 0x0806;
    private const ushort InternetProtocol = 0x0800;
    private const byte Datagram = 17;
    private static readonly byte[] s_address = [2, 0, 0, 0, 0, 1];
    private readonly FrameLink _hostEnd;
    private readonly EventFile _stop = EventFile.Create();
    private readonly Thread _thread;

    public NetworkPeer()
    {
        (GuestEnd, _hostEnd) = SocketPair.Create();
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public FrameLink GuestEnd { get; }

    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        _stop.Dispose();
        _hostEnd.Dispose();
        GuestEnd.Dispose();
    }

    private void Run()
    {
        var message = new byte[65_536];
        while (EventFile.WaitAny([_stop, _hostEnd], milliseconds: -1) != 0)
        {
            var length = _hostEnd.Receive(message);
            if (length >= Header + 34 && Answer(message.AsSpan(Header, length - Header)))
            {
                _hostEnd.Send(message.AsSpan(0, length));
            }
        }
    }

    /// <summary>Turns a frame into its answer; checksums stay right when source and target change places.</summary>
    private static bool Answer(Span<byte> frame)
    {
        var kind = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        if (kind == AddressResolution && frame[21] == 1)
        {
            frame[21] = 2;
            // Sender (hardware address, protocol address), then target.
            Exchange(frame.Slice(28, 4), frame.Slice(38, 4));
            frame.Slice(22, 6).CopyTo(frame[32..]);
            s_address.CopyTo(frame[22..]);
        }
        else if (kind == InternetProtocol && frame[23] == Datagram)
        {
            Exchange(frame.Slice(26, 4), frame.Slice(30, 4));
            Exchange(frame.Slice(34, 2), frame.Slice(36, 2));
        }
        else
        {
            return false;
        }

        frame.Slice(6, 6).CopyTo(frame);
        s_address.CopyTo(frame[6..]);
        return true;
    }

    private static void Exchange(Span<byte> one, Span<byte> other)
    {
        Span<byte> kept = stackalloc byte[one.Length];
        one.CopyTo(kept);
        other.CopyTo(one);
        kept.CopyTo(other);
    }
}
