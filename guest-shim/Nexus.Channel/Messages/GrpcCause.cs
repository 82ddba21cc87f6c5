namespace Nexus.Channel.Messages;

/// <summary>One exception of the chain that says why a call had no answer.</summary>
/// <param name="Type">Full name of the exception's type.</param>
/// <param name="Message">Its message.</param>
/// <param name="Code">Socket error, HTTP/2 error code or kind of HTTP failure, by type; 0 otherwise.</param>
public readonly record struct GrpcCause(string Type, string Message, long Code);
