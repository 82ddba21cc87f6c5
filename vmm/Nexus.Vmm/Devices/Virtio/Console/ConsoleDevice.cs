using System.Buffers.Binary;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Virtio.Console;

/// <summary>
/// One named port from host to guest, /dev/vport0p0 there (virtio specification 1.2, section 5.3). A program in the guest sleeps in a read of it, and one
/// byte wakes it: the only thing of a stock kernel that an interrupt of ours can wake user space with.
/// </summary>
internal sealed class ConsoleDevice(string portName) : VirtioDevice
{
    public const int ReceiveQueue = 0;
    private const int TransmitQueue = 1;
    public const int ControlReceiveQueue = 2;
    private const int ControlTransmitQueue = 3;
    private const ulong Multiport = 1ul << 1;
    private const int ControlBytes = 8;
    private const byte WakeMessage = 1;
    private const byte RestoreMessage = 2;

    /// <summary>Random bytes that a restored guest is given.</summary>
    public const int RestoreSeedBytes = 48;
    private const int MostControlMessages = 64;
    private readonly byte[] _configuration = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    private readonly Queue<byte[]> _control = new();
    private byte[]? _restored;
    private bool _wake;
    private bool _open;

    public override uint DeviceId => 3;

    public override string Name => "console";

    public override int QueueCount => 4;

    public override ulong Features => Multiport;

    public override ReadOnlySpan<byte> Configuration => _configuration;

    /// <summary>Whether a program in the guest has the port open.</summary>
    public bool IsOpen => _open;

    /// <summary>Remembers that the guest is to be woken; several before it looks are one. The transport then pushes the receive queue.</summary>
    public void Wake() => _wake = true;

    /// <summary>Remembers that the guest is to be told that it is a clone: the message, then the random bytes.</summary>
    public void NoteRestore(ReadOnlySpan<byte> seed) => _restored = [RestoreMessage, .. seed];

    public override bool Process(int queue) =>
        queue switch
        {
            ReceiveQueue => SendWake(),
            TransmitQueue => Receive(),
            ControlReceiveQueue => SendControl(),
            ControlTransmitQueue => ReceiveControl(),
            _ => false,
        };

    public override void Reset()
    {
        _control.Clear();
        _restored = null;
        _wake = _open = false;
    }

    public override void Save(StateWriter state)
    {
        state.Put8(_open ? (byte)1 : (byte)0);
        state.Put8((byte)_control.Count);
        foreach (var message in _control)
        {
            state.PutBytes(message);
        }
    }

    public override void Load(StateReader state)
    {
        Reset();
        _open = state.Get8() != 0;
        for (var left = state.Get8(); left > 0; left--)
        {
            _control.Enqueue(state.GetBytes());
        }
    }

    private bool SendWake()
    {
        // Bytes for a port that nobody has open are thrown away by the guest's kernel.
        if (!_open || (!_wake && _restored is null) || !Queues[ReceiveQueue].TryTakeStored(out var chain))
        {
            return false;
        }

        // A seed goes first, and with it the wake-up: a clone must not compute with its sibling's random numbers.
        byte[] message = _restored ?? [WakeMessage];
        _restored = null;
        _wake = false;
        Queues[ReceiveQueue].GiveBack(chain.Head, (uint)chain.Write(0, message));
        return true;
    }

    private bool Receive()
    {
        var any = false;
        for (var i = 0; i < QueueEntries && Queues[TransmitQueue].TryTake(out var chain); i++)
        {
            // Nothing is agreed on in this direction: the doorbell page is faster.
            Queues[TransmitQueue].GiveBack(chain.Head, 0);
            any = true;
        }

        return any;
    }

    private bool SendControl()
    {
        var any = false;
        while (_control.Count > 0 && Queues[ControlReceiveQueue].TryTake(out var chain))
        {
            Queues[ControlReceiveQueue].GiveBack(chain.Head, (uint)chain.Write(0, _control.Dequeue()));
            any = true;
        }

        return any;
    }

    private bool ReceiveControl()
    {
        var any = false;
        Span<byte> message = stackalloc byte[ControlBytes];
        for (var i = 0; i < QueueEntries && Queues[ControlTransmitQueue].TryTake(out var chain); i++)
        {
            if (chain.Read(0, message) == ControlBytes)
            {
                Answer(
                    BinaryPrimitives.ReadUInt32LittleEndian(message),
                    (ConsoleEvent)BinaryPrimitives.ReadUInt16LittleEndian(message[4..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(message[6..])
                );
            }

            Queues[ControlTransmitQueue].GiveBack(chain.Head, 0);
            any = true;
        }

        _ = SendControl();
        return any;
    }

    private void Answer(uint port, ConsoleEvent kind, ushort value)
    {
        if (kind == ConsoleEvent.DeviceReady && value == 1)
        {
            Say(ConsoleEvent.PortAdd, 1, "");
        }
        else if (kind == ConsoleEvent.PortReady && port == 0 && value == 1)
        {
            Say(ConsoleEvent.PortName, 1, portName);
            Say(ConsoleEvent.PortOpen, 1, "");
        }
        else if (kind == ConsoleEvent.PortOpen && port == 0)
        {
            _open = value == 1;
            // The interrupt for the control message covers a byte that was waiting.
            _ = SendWake();
        }
    }

    private void Say(ConsoleEvent kind, ushort value, string text)
    {
        if (_control.Count >= MostControlMessages)
        {
            throw new GuestViolationException("console messages without end");
        }

        var message = new byte[ControlBytes + text.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), (ushort)kind);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), value);
        System.Text.Encoding.ASCII.GetBytes(text, message.AsSpan(ControlBytes));
        _control.Enqueue(message);
    }
}
