using Nexus.Channel;

namespace Nexus.Guest.Host;

/// <summary>An invocation's event: in place when it came in one block, put together otherwise.</summary>
internal sealed class EventPayload(ChannelCall call)
{
    private ChannelFrame _frame;

    /// <summary>The whole event; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Memory { get; private set; }

    public async Task ReceiveAsync(long length)
    {
        _frame = await call.ReceiveAsync().ConfigureAwait(false);
        if (_frame.IsFinal)
        {
            Memory = _frame.Memory;
            return;
        }

        var whole = new byte[length];
        var used = 0;
        while (true)
        {
            _frame.Memory.CopyTo(whole.AsMemory(used));
            used += _frame.Memory.Length;
            call.Release(_frame);
            if (_frame.IsFinal)
            {
                break;
            }

            _frame = await call.ReceiveAsync().ConfigureAwait(false);
        }

        _frame = default;
        Memory = whole.AsMemory(0, used);
    }

    public void Release()
    {
        Memory = default;
        call.Release(_frame);
        _frame = default;
    }
}
