using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Serial;

/// <summary>A 16550A at COM1: output at once, input from the host (National Semiconductor PC16550D data sheet).</summary>
internal sealed class SerialPort(Action<byte> output, Action raise) : IPortDevice
{
    private const int MostInput = 4096;
    private const int Data = 0;
    private const int InterruptEnable = 1;
    private const int InterruptIdentity = 2;
    private const int LineControl = 3;
    private const int ModemControl = 4;
    private const int LineStatus = 5;
    private const int ModemStatus = 6;
    private const int Scratch = 7;
    private const byte DivisorLatch = 0x80;
    private const byte Loopback = 0x10;
    private const byte ReceiveInterrupt = 1;
    private const byte TransmitInterrupt = 2;
    private const byte FifosEnabled = 0xC0;
    private readonly Queue<byte> _input = new();
    private readonly Lock _gate = new();
    private byte _interruptEnable;
    private byte _lineControl = 3;
    private byte _modemControl = 8;
    private byte _scratch;
    private byte _fifos;
    private ushort _divisor = 12;
    private bool _transmitPending;

    public ushort FirstPort => 0x3F8;

    public int PortCount => 8;

    /// <summary>Gives the guest something to read; what its buffer has no room for is dropped, as on a wire.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (var value in bytes)
            {
                if (_input.Count < MostInput)
                {
                    _input.Enqueue(value);
                }
            }

            RaiseIfPending();
        }
    }

    public void ReadPort(int offset, Span<byte> data)
    {
        lock (_gate)
        {
            data[0] = Read(offset);
        }
    }

    public void WritePort(int offset, ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            Write(offset, data[0]);
        }
    }

    public void Save(StateWriter state)
    {
        lock (_gate)
        {
            state.Put8(_interruptEnable);
            state.Put8(_lineControl);
            state.Put8(_modemControl);
            state.Put8(_scratch);
            state.Put8(_fifos);
            state.Put8(_transmitPending ? (byte)1 : (byte)0);
            state.Put16(_divisor);
        }
    }

    public void Load(StateReader state)
    {
        lock (_gate)
        {
            _interruptEnable = state.Get8();
            _lineControl = state.Get8();
            _modemControl = state.Get8();
            _scratch = state.Get8();
            _fifos = state.Get8();
            _transmitPending = state.Get8() != 0;
            _divisor = state.Get16();
        }
    }

    private byte Read(int offset)
    {
        if ((_lineControl & DivisorLatch) != 0 && offset <= InterruptEnable)
        {
            return offset == 0 ? (byte)_divisor : (byte)(_divisor >> 8);
        }

        switch (offset)
        {
            case Data:
                var value = _input.TryDequeue(out var next) ? next : (byte)0;
                RaiseIfPending();
                return value;
            case InterruptEnable:
                return _interruptEnable;
            case InterruptIdentity:
                return Identify();
            case LineControl:
                return _lineControl;
            case ModemControl:
                return _modemControl;
            case LineStatus:
                // The transmitter is always empty.
                return (byte)(0x60 | (_input.Count > 0 ? 1 : 0));
            case ModemStatus:
                // In loopback the outputs come back as inputs; otherwise carrier, ready and clear to send.
                return (_modemControl & Loopback) != 0 ? LoopedBack() : (byte)0xB0;
            case Scratch:
                return _scratch;
            default:
                return 0xFF;
        }
    }

    private void Write(int offset, byte value)
    {
        if ((_lineControl & DivisorLatch) != 0 && offset <= InterruptEnable)
        {
            _divisor = offset == 0 ? (ushort)((_divisor & 0xFF00) | value) : (ushort)((_divisor & 0xFF) | (value << 8));
            return;
        }

        switch (offset)
        {
            case Data:
                if ((_modemControl & Loopback) != 0)
                {
                    if (_input.Count < MostInput)
                    {
                        _input.Enqueue(value);
                    }
                }
                else
                {
                    output(value);
                }

                _transmitPending = true;
                RaiseIfPending();
                break;
            case InterruptEnable:
                var turnedOn = (value & TransmitInterrupt) != 0 && (_interruptEnable & TransmitInterrupt) == 0;
                _interruptEnable = (byte)(value & 0xF);
                _transmitPending |= turnedOn;
                RaiseIfPending();
                break;
            case InterruptIdentity:
                _fifos = (value & 1) != 0 ? FifosEnabled : (byte)0;
                break;
            case LineControl:
                _lineControl = value;
                break;
            case ModemControl:
                _modemControl = (byte)(value & 0x1F);
                break;
            case Scratch:
                _scratch = value;
                break;
            default:
                break;
        }
    }

    private byte Identify()
    {
        if (_input.Count > 0 && (_interruptEnable & ReceiveInterrupt) != 0)
        {
            return (byte)(4 | _fifos);
        }

        if (_transmitPending && (_interruptEnable & TransmitInterrupt) != 0)
        {
            _transmitPending = false;
            return (byte)(2 | _fifos);
        }

        return (byte)(1 | _fifos);
    }

    private void RaiseIfPending()
    {
        if (
            (_input.Count > 0 && (_interruptEnable & ReceiveInterrupt) != 0)
            || (_transmitPending && (_interruptEnable & TransmitInterrupt) != 0)
        )
        {
            raise();
        }
    }

    private byte LoopedBack() =>
        (byte)(((_modemControl & 2) << 3) | ((_modemControl & 1) << 5) | ((_modemControl & 4) << 4) | ((_modemControl & 8) << 4));
}
