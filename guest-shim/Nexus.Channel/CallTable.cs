namespace Nexus.Channel;

/// <summary>
/// The calls one side opened, by slot. An id is a slot number and a generation; an id that is unknown, still in use or used last in
/// its slot is a violation. Guarded by the peer's gate.
/// </summary>
internal sealed class CallTable(uint openerBit)
{
    private const uint SlotMask = ChannelLayout.MaxCalls - 1;
    private readonly List<ChannelCall?> _slots = [];
    private readonly List<uint> _lastIds = [];

    // Slots whose ids were handed out here and came back; stays empty for calls the peer opens, which picks the slots itself.
    private readonly Stack<int> _freeSlots = new();
    private bool _handsOutIds;

    /// <summary>Calls in flight.</summary>
    public int Count { get; private set; }

    public IEnumerable<ChannelCall> Calls
    {
        get
        {
            foreach (var call in _slots)
            {
                if (call is not null)
                {
                    yield return call;
                }
            }
        }
    }

    public bool Owns(uint id) => (id & ChannelLayout.BackendCallBit) == openerBit;

    /// <summary>A fresh id for a call this side opens, to be added at once; false when all slots are in use.</summary>
    public bool TryTakeId(out uint id)
    {
        _handsOutIds = true;
        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _slots.Count;
            if (slot == ChannelLayout.MaxCalls)
            {
                id = 0;
                return false;
            }

            Grow(slot);
        }

        var generation = (_lastIds[slot] & ~ChannelLayout.BackendCallBit) + ChannelLayout.MaxCalls;
        id = (generation & ~ChannelLayout.BackendCallBit & ~SlotMask) | (uint)slot | openerBit;
        return true;
    }

    /// <summary>Checks an id the peer wants to open a call with.</summary>
    /// <exception cref="ProtocolViolationException">It is not the peer's to give, in use, or was used last.</exception>
    public void CheckUnused(uint id)
    {
        var slot = (int)(id & SlotMask);
        Grow(slot);
        if (!Owns(id) || _slots[slot] is not null || _lastIds[slot] == id)
        {
            throw new ProtocolViolationException($"open of call {id:x}");
        }
    }

    /// <summary>True for the id of a call that is over, until its slot is used again.</summary>
    public bool WasLast(uint id)
    {
        var slot = (int)(id & SlotMask);
        return slot < _slots.Count && _slots[slot] is null && _lastIds[slot] == id;
    }

    public void Add(ChannelCall call)
    {
        var slot = (int)(call.Id & SlotMask);
        _slots[slot] = call;
        _lastIds[slot] = call.Id;
        Count++;
    }

    public ChannelCall Find(uint id)
    {
        var slot = (int)(id & SlotMask);
        return slot < _slots.Count && _slots[slot] is { } call && call.Id == id
            ? call
            : throw new ProtocolViolationException($"unknown call {id:x}");
    }

    public bool Remove(ChannelCall call)
    {
        var slot = (int)(call.Id & SlotMask);
        if (slot >= _slots.Count || _slots[slot] != call)
        {
            return false;
        }

        Free(slot);
        return true;
    }

    public void Clear(bool forgetIds)
    {
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is not null)
            {
                Free(slot);
            }

            _lastIds[slot] = forgetIds ? NoId : _lastIds[slot];
        }
    }

    // The other side's ids, so never equal to one of this table's.
    private uint NoId => openerBit ^ ChannelLayout.BackendCallBit;

    private void Free(int slot)
    {
        _slots[slot] = null;
        Count--;
        if (_handsOutIds)
        {
            _freeSlots.Push(slot);
        }
    }

    private void Grow(int slot)
    {
        while (_slots.Count <= slot)
        {
            _slots.Add(null);
            _lastIds.Add(NoId);
        }
    }
}
