namespace Nexus.Backend.Functions;

/// <summary>How a function is called.</summary>
public enum FunctionKind
{
    /// <summary>A Lambda handler: one event at a time an instance.</summary>
    Lambda,

    /// <summary>A program with a web server of its own: it starts once and answers many requests at the same time.</summary>
    Server,
}
