using System.Numerics;

namespace Nexus.Channel;

/// <summary>
/// Buddy allocator over one arena. Its state is private to the owner: the peer only ever names blocks to give back, and a name that is
/// not of a block it was sent is a violation. Blocks that were freed last are handed out first, while they are warm in the cache.
/// </summary>
internal sealed class ArenaAllocator
{
    /// <summary>The smallest block of an arena of up to 32 MiB; larger arenas have larger ones.</summary>
    public const int SmallestBlock = 1024;

    private const ushort None = ushort.MaxValue;
    private const int MostUnits = 32768;

    private readonly int _unitShift;
    private readonly int _maxOrder;
    private readonly UnitState[] _states;
    private readonly byte[] _orders;
    private readonly ushort[] _next;
    private readonly ushort[] _previous;
    private readonly ushort[] _free;

    public ArenaAllocator(int arenaBytes)
    {
        _unitShift = BitOperations.Log2((uint)Math.Max(SmallestBlock, arenaBytes / MostUnits));
        _maxOrder = BitOperations.Log2(ChannelLayout.MaxBlockBytes) - _unitShift;
        var units = arenaBytes >> _unitShift;
        _states = new UnitState[units];
        _orders = new byte[units];
        _next = new ushort[units];
        _previous = new ushort[units];
        _free = new ushort[_maxOrder + 1];
        Refill();
    }

    private enum UnitState : byte
    {
        Inside,
        Free,
        Rented,
        Sent,
    }

    /// <summary>Bytes rented or sent.</summary>
    public int UsedBytes { get; private set; }

    /// <summary>The end of the highest block ever used since the last <see cref="ForgetHighWater"/>.</summary>
    public int HighWater { get; private set; }

    /// <summary>The size a request is rounded up to.</summary>
    public int RoundUp(int bytes) => 1 << (OrderFor(bytes) + _unitShift);

    /// <summary>A block of at least <paramref name="bytes"/>; -1 when there is none.</summary>
    public int Allocate(int bytes)
    {
        var order = OrderFor(bytes);
        var from = order;
        while (from <= _maxOrder && _free[from] == None)
        {
            from++;
        }

        if (from > _maxOrder)
        {
            return -1;
        }

        var unit = _free[from];
        RemoveFree(unit, from);
        for (; from > order; from--)
        {
            PushFree(unit + (1 << (from - 1)), from - 1);
        }

        _states[unit] = UnitState.Rented;
        _orders[unit] = (byte)order;
        var size = 1 << (order + _unitShift);
        UsedBytes += size;
        HighWater = Math.Max(HighWater, (unit << _unitShift) + size);
        return unit << _unitShift;
    }

    /// <summary>The block now belongs to the peer until it gives it back.</summary>
    public void MarkSent(int offset) => _states[offset >> _unitShift] = UnitState.Sent;

    /// <summary>True when <paramref name="offset"/> is the start of a block the peer holds.</summary>
    public bool IsSent(uint offset) =>
        offset >> _unitShift < (uint)_states.Length
        && (offset & ((1u << _unitShift) - 1)) == 0
        && _states[offset >> _unitShift] == UnitState.Sent;

    /// <summary>True when <paramref name="offset"/> is the start of a block this end holds.</summary>
    public bool IsRented(int offset) => offset >= 0 && _states[offset >> _unitShift] == UnitState.Rented;

    /// <summary>Frees a rented or sent block and returns its size in bytes.</summary>
    public int Free(int offset)
    {
        var unit = offset >> _unitShift;
        int order = _orders[unit];
        var size = 1 << (order + _unitShift);
        UsedBytes -= size;
        _states[unit] = UnitState.Inside;
        while (order < _maxOrder)
        {
            var buddy = unit ^ (1 << order);
            if (_states[buddy] != UnitState.Free || _orders[buddy] != order)
            {
                break;
            }

            RemoveFree(buddy, order);
            unit &= ~(1 << order);
            order++;
        }

        PushFree(unit, order);
        return size;
    }

    /// <summary>With nothing in use: starts over from the lowest block, whose pages are kept.</summary>
    public void ForgetHighWater()
    {
        HighWater = 0;
        Refill();
    }

    private void Refill()
    {
        Array.Fill(_free, None);
        Array.Clear(_states);
        for (var unit = _states.Length - (1 << _maxOrder); unit >= 0; unit -= 1 << _maxOrder)
        {
            PushFree(unit, _maxOrder);
        }
    }

    private int OrderFor(int bytes)
    {
        if (bytes is < 0 or > ChannelLayout.MaxBlockBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"0 to {ChannelLayout.MaxBlockBytes}.");
        }

        var units = Math.Max(1, (bytes + (1 << _unitShift) - 1) >> _unitShift);
        return BitOperations.Log2((uint)units - 1) + (units > 1 ? 1 : 0);
    }

    private void PushFree(int unit, int order)
    {
        _states[unit] = UnitState.Free;
        _orders[unit] = (byte)order;
        _previous[unit] = None;
        _next[unit] = _free[order];
        if (_free[order] != None)
        {
            _previous[_free[order]] = (ushort)unit;
        }

        _free[order] = (ushort)unit;
    }

    private void RemoveFree(int unit, int order)
    {
        _states[unit] = UnitState.Inside;
        if (_previous[unit] == None)
        {
            _free[order] = _next[unit];
        }
        else
        {
            _next[_previous[unit]] = _next[unit];
        }

        if (_next[unit] != None)
        {
            _previous[_next[unit]] = _previous[unit];
        }
    }
}
