namespace Nexus.Channel;

/// <summary>Whom to wake after the gate is left: waking costs a system call, and the woken thread would want the gate at once.</summary>
[Flags]
internal enum ChannelSignals
{
    None = 0,
    Peer = 1,
    Self = 2,
}
