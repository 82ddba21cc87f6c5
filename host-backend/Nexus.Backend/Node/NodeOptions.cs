using Nexus.Backend.Functions;
using Nexus.Backend.Ingress;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Node;

/// <summary>What one node serves and how.</summary>
public sealed record NodeOptions
{
    /// <summary>Address of the Invoke API; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:9001";

    public required IReadOnlyList<FunctionDefinition> Functions { get; init; }

    /// <summary>How HTTP callers reach functions.</summary>
    public IReadOnlyList<IngressRoute> Routes { get; init; } = [];

    /// <summary>Folder that remembers instances, so that a restarted backend finds those that survived; empty remembers nothing.</summary>
    public string StateFolder { get; init; } = "";

    /// <summary>What virtual machines are made from.</summary>
    public VirtualMachineOptions Machines { get; init; } = new();

    /// <summary>No log on the console.</summary>
    public bool Quiet { get; init; }

    /// <summary><c>trace</c> to <c>critical</c>.</summary>
    public string LogLevel { get; init; } = "information";

    /// <summary>How long running invocations may take when the node shuts down, in seconds.</summary>
    public int DrainSeconds { get; init; } = 30;

    /// <summary>Where metrics and traces go by OTLP; empty for nowhere.</summary>
    public string OtlpEndpoint { get; init; } = "";
}
