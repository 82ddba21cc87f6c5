namespace Nexus.Vmm.Machine;

/// <summary>How a machine ended.</summary>
internal enum ExitKind
{
    /// <summary>The guest switched itself off.</summary>
    PowerOff,

    /// <summary>The guest asked for a reset; a machine runs once, so it ends.</summary>
    Reset,

    /// <summary>The host ended it.</summary>
    Stopped,

    /// <summary>The kernel panicked and then reset.</summary>
    Panicked,

    /// <summary>The processor cannot go on: a triple fault, or a state that hardware refuses.</summary>
    Crashed,

    /// <summary>The guest broke a device's rules.</summary>
    Violated,

    /// <summary>The host's own failure.</summary>
    Failed,
}
