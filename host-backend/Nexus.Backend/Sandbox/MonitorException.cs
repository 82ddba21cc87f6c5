namespace Nexus.Backend.Sandbox;

/// <summary>The monitor's own words: a message with an id, as every program of Nexus ends with.</summary>
public sealed class MonitorException(string message) : Exception(message);
