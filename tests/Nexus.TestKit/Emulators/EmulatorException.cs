namespace Nexus.TestKit.Emulators;

/// <summary>An emulator could not be installed or started; the message says what to do.</summary>
public sealed class EmulatorException(string message, Exception? inner = null) : Exception(message, inner);
