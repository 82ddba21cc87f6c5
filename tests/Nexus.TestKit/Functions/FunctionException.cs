namespace Nexus.TestKit.Functions;

/// <summary>A function's process could not be started, or ended, or did not answer in time.</summary>
public sealed class FunctionException(string message, Exception? inner = null) : Exception(message, inner);
