using System.Runtime.InteropServices;

namespace Nexus.Backend.Sandbox;

/// <summary>How a machine is suspended that has joined its channel.</summary>
/// <param name="Guest">Receives it.</param>
/// <param name="Trigger">An eventfd; the machine stands still when it is rung, and its monitor ends with 0.</param>
internal sealed record Suspension(SuspendedGuest Guest, SafeHandle Trigger);
