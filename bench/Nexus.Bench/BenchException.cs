namespace Nexus.Bench;

/// <summary>A run cannot give figures; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
