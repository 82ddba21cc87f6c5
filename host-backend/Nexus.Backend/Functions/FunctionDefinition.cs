using Nexus.Backend.Executors.Upstreams;

namespace Nexus.Backend.Functions;

/// <summary>One function of the node, ready to be started.</summary>
public sealed record FunctionDefinition
{
    /// <summary>1 to 64 letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute path of the prepared folder, mounted read-only at /var/task.</summary>
    public required string AppFolder { get; init; }

    /// <summary>The command to start, from the folder it is mounted at and the path of <c>dotnet</c>.</summary>
    public required Func<string, string, IReadOnlyList<string>> Command { get; init; }

    /// <summary><c>Assembly::Type::Method</c>; empty for an executable.</summary>
    public string Handler { get; init; } = "";

    public FunctionKind Kind { get; init; }

    public required string Region { get; init; }

    /// <summary>128 to 10,240 MB.</summary>
    public int MemoryMb { get; init; } = 512;

    /// <summary>1 to 900 s; for a server of one request, infinite for no limit.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a start may take outside of an invocation; a longer one is done again inside, under <see cref="Timeout"/>.</summary>
    public TimeSpan InitPhase { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>process</c>, <c>vm</c> or <c>none</c>.</summary>
    public string Sandbox { get; init; } = "process";

    /// <summary>Whether the process sandbox keeps the node's network and permits sockets; the sandbox <c>none</c> always does.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Whether virtual machines start from a snapshot that was taken when the function had been made; off, each boots.</summary>
    public bool Snapshot { get; init; } = true;

    /// <summary>An event that a handler is invoked with before its snapshot is taken, so that its clones have done everything once; null for none.</summary>
    public ReadOnlyMemory<byte>? SnapshotEvent { get; init; }

    /// <summary>Whether one clone is kept that is restored but does not run yet; of functions with a <see cref="SnapshotEvent"/>.</summary>
    public bool Standby { get; init; }

    /// <summary>Whether instances go on from a machine that has been invoked already.</summary>
    internal bool IsRehearsed =>
        Snapshot && SnapshotEvent is not null && Sandbox == "vm" && Kind is FunctionKind.Lambda && Handler.Length > 0;

    /// <summary>Images that virtual machines are made of, the root first; empty where they are to be made of the folders.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Cores; null for no limit.</summary>
    public double? CpuLimit { get; init; }

    /// <summary>Size of /tmp, 512 to 10,240 MB.</summary>
    public int TmpMb { get; init; } = 512;

    /// <summary>Instances at most, and so invocations at once; 1 to 1,000.</summary>
    public int MaxInstances { get; init; } = 10;

    /// <summary>Requests that an instance of a server gets at once, 1 to 1,000; an instance of a Lambda handler takes one event.</summary>
    public int Concurrency { get; init; } = 100;

    /// <summary>Requests of a server that wait for an instance at most, 0 to 100,000; further ones are refused.</summary>
    public int MaxQueued { get; init; } = 1000;

    /// <summary>Longest wait of a request for an instance.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Largest request body of a server in bytes; null leaves it to the server's own limit.</summary>
    public long? MaxRequestBytes { get; init; }

    /// <summary>An instance idle for this long is ended.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Calls of each kind (AWS, HTTP, gRPC) in flight at most, over all instances; further ones wait.</summary>
    public int MaxCallsInFlight { get; init; } = 512;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings of the runtime for one small process: workstation GC, no concurrent GC, a heap limit. Off leaves the function's own.</summary>
    public bool LeanRuntime { get; init; } = true;

    /// <summary>Milliseconds of idleness before the guest collects and gives pages back; 0 for never.</summary>
    public int IdleCollectMilliseconds { get; init; } = 500;

    /// <summary>Where its AWS calls get their credentials from.</summary>
    public FunctionCredentials Credentials { get; init; } = new();

    /// <summary>Endpoints besides AWS's own and the configured ones that the function may call, such as <c>http://localhost:4566</c>.</summary>
    public IReadOnlyList<string> AllowedEndpoints { get; init; } = [];

    /// <summary>Where the function's HttpClient and gRPC clients may go: <c>host</c>, <c>host:port</c>, <c>scheme://host[:port]</c>, <c>*.suffix</c> or <c>*</c>.</summary>
    /// <exception cref="ArgumentException">An entry is none of these.</exception>
    public IReadOnlyList<string> AllowedUpstreams
    {
        get;
        init =>
            field = value.FirstOrDefault(static entry => !IsAllowedUpstream(entry)) is { } bad
                ? throw new ArgumentException($"'{bad}' is no allowed upstream.", nameof(value))
                : value;
    } = [];

    /// <summary>Whether keys written in the function's code are used instead of the function's credentials.</summary>
    public bool AllowExplicitKeys { get; init; }

    /// <summary>Waits before the retries of a failed asynchronous invocation.</summary>
    public IReadOnlyList<TimeSpan> AsyncRetryDelays { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)];

    /// <summary>Whether a text is an entry for <see cref="AllowedUpstreams"/>.</summary>
    public static bool IsAllowedUpstream(string text)
    {
        try
        {
            UpstreamPattern.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The function's ARN on this node.</summary>
    public string Arn => $"arn:aws:lambda:{Region}:000000000000:function:{Name}";
}
