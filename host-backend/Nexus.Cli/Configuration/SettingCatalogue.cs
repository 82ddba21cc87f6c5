using Nexus.Backend.Functions;
using Nexus.Backend.Instances;

namespace Nexus.Cli.Configuration;

/// <summary>Every setting there is.</summary>
internal static class SettingCatalogue
{
    public const string FunctionsKey = "functions";
    public const string RoutesKey = "routes";

    /// <summary>Settings of the node.</summary>
    public static IReadOnlyList<Setting> Node { get; } =
    [
        new("listen", SettingType.Address, "Address of the Invoke API; port 0 takes a free one") { Default = "http://127.0.0.1:9001" },
        new("region", SettingType.Text, "AWS region of functions that name none; AWS_REGION when absent"),
        new("cache", SettingType.Path, "Folder for prepared functions; $XDG_CACHE_HOME/nexus or ~/.cache/nexus when absent"),
        new("state", SettingType.Path, "Folder that remembers instances over a restart; nothing is remembered when absent"),
        new("logLevel", SettingType.Choice, "What is logged")
        {
            Default = "information",
            Choices = ["trace", "debug", "information", "warning", "error", "critical", "none"],
        },
        new("quiet", SettingType.Flag, "No log at all") { Default = false },
        new("drainSeconds", SettingType.Integer, "Time for running invocations when the node shuts down, in seconds")
        {
            Default = 30,
            Most = 3600,
        },
        new("otlpEndpoint", SettingType.Address, "Where metrics go by OTLP; nowhere when absent"),
        new("vmKernel", SettingType.Path, "Kernel of virtual machines: vmlinux, vmlinuz or linux-image-*.deb"),
        new("vmModules", SettingType.Path, "Folder of that kernel's modules; looked for beside the kernel when absent"),
        new("vmKernelParameters", SettingType.Text, "Words for that kernel's command line"),
        new("vmSnapshotHours", SettingType.Integer, "How old a snapshot in the cache may be that is used, in hours; 0 keeps none")
        {
            Default = 168,
            Most = 87_600,
        },
        new("vmSnapshotMb", SettingType.Integer, "Room for snapshots in the cache, in MB; 0 keeps none")
        {
            Default = 4096,
            Most = 10_000_000,
        },
        new("vmPrograms", SettingType.Path, "Folder of nexus-vmm and nexus-init; vm beside this program when absent"),
    ];

    /// <summary>Settings of one function.</summary>
    public static IReadOnlyList<Setting> Function { get; } =
    [
        new("path", SettingType.Path, "Publish folder or project") { PerFunctionOnly = true },
        new("handler", SettingType.Text, "Assembly::Namespace.Type::Method; from aws-lambda-tools-defaults.json when absent")
        {
            PerFunctionOnly = true,
        },
        new("kind", SettingType.Choice, "How it is called; found by looking when absent")
        {
            PerFunctionOnly = true,
            Choices = ["lambda", "server"],
        },
        new("memory", SettingType.Integer, "Memory in MB")
        {
            Default = 512,
            Least = 128,
            Most = 10_240,
        },
        new("timeout", SettingType.Integer, "Timeout of an invocation in seconds; a server's requests have none unless it is given")
        {
            Default = 3,
            Least = 1,
            Most = 900,
        },
        new("sandbox", SettingType.Choice, "Isolation") { Default = "process", Choices = InstanceServices.SandboxKinds },
        new("network", SettingType.Choice, "Network of the process sandbox: none, or the node's own, with sockets")
        {
            Default = "none",
            Choices = ["none", "host"],
        },
        new("snapshot", SettingType.Flag, "Start virtual machines from a snapshot taken when the function had been made")
        {
            Default = true,
        },
        new("snapshotEvent", SettingType.Path, "File with an event that the function handles once before its snapshot is taken")
        {
            PerFunctionOnly = true,
        },
        new("standby", SettingType.Flag, "Keep one machine restored ahead, of functions with a snapshotEvent") { Default = false },
        new("region", SettingType.Text, "AWS region of this function") { PerFunctionOnly = true },
        new("environment", SettingType.Variables, "Environment variable of the function, NAME=VALUE"),
        new("profile", SettingType.Text, "Profile of the backend's AWS configuration files that gives the credentials"),
        new("role", SettingType.Text, "ARN of a role to assume for the function's calls"),
        new("externalId", SettingType.Text, "External id for the role"),
        new("allowEndpoints", SettingType.TextList, "Endpoint besides AWS's own that the function's clients may name"),
        new(
            "allowedUpstreams",
            SettingType.TextList,
            "Place the function's HttpClient and gRPC clients may go to: host, host:port, scheme://host:port, *.suffix or *; nowhere when absent"
        )
        {
            Form = ("host, host:port, scheme://host:port, *.suffix or *", FunctionDefinition.IsAllowedUpstream),
        },
        new("allowExplicitKeys", SettingType.Flag, "Use keys that the function's code gives to its clients") { Default = false },
        new("maxInstances", SettingType.Integer, "Instances, and so invocations at once, at most")
        {
            Default = 10,
            Least = 1,
            Most = 1000,
        },
        new(
            "maxCallsInFlight",
            SettingType.Integer,
            "AWS, HTTP and gRPC calls in flight at most, of each kind and over all instances; others wait"
        )
        {
            Default = 512,
            Least = 1,
            Most = 100_000,
        },
        new("concurrency", SettingType.Integer, "Requests that an instance of a server gets at once")
        {
            Default = 100,
            Least = 1,
            Most = 1000,
        },
        new("maxQueued", SettingType.Integer, "Requests of a server that wait for an instance at most") { Default = 1000, Most = 100_000 },
        new("queueSeconds", SettingType.Integer, "Longest wait of a request for an instance of a server, in seconds")
        {
            Default = 60,
            Least = 1,
            Most = 3600,
        },
        new("startSeconds", SettingType.Integer, "Longest start of a server, in seconds")
        {
            Default = 30,
            Least = 1,
            Most = 900,
        },
        new("maxRequestBytes", SettingType.Integer, "Largest request body of a server, in bytes; the server's own limit when absent"),
        new("idleSeconds", SettingType.Integer, "An instance idle for this long is ended, in seconds")
        {
            Default = 300,
            Least = 1,
            Most = 86_400,
        },
        new("cpu", SettingType.Number, "Cores; no limit when absent") { Least = 0.01, Most = 1024 },
        new("tmp", SettingType.Integer, "Size of /tmp in MB")
        {
            Default = 512,
            Least = 512,
            Most = 10_240,
        },
        new("leanRuntime", SettingType.Flag, "Set the .NET runtime up for a small process") { Default = true },
        new("precompile", SettingType.Flag, "Compile the function's assemblies ahead, once per version, for faster and smaller instances")
        {
            Default = true,
        },
        new("idleCollectMs", SettingType.Integer, "Idle time before an instance collects garbage, in ms; 0 for never")
        {
            Default = 500,
            Most = 3_600_000,
        },
        new("asyncRetrySeconds", SettingType.IntegerList, "Waits before the retries of a failed asynchronous invocation, in seconds")
        {
            Default = new[] { 60, 120 },
            Most = 21_600,
        },
    ];

    /// <summary>Settings of one route; in the file only.</summary>
    public static IReadOnlyList<Setting> Route { get; } =
    [
        new("listen", SettingType.Text, "Address to listen on: http or https, a host or *, a port"),
        new("port", SettingType.Integer, "Port of 127.0.0.1 to listen on, instead of listen") { Most = 65_535 },
        new("host", SettingType.Text, "Host name of the requests; any when absent"),
        new("path", SettingType.Text, "Path the requests begin with; any when absent"),
        new("function", SettingType.Text, "Name of the function that answers"),
        new("protocols", SettingType.Choice, "Protocols of the listener") { Choices = ["http1", "http2", "http1+2"] },
        new("payload", SettingType.Choice, "How a request becomes a Lambda handler's event") { Choices = ["rest-v1", "http-v2"] },
        new("certificate", SettingType.Path, "PFX or PEM file of an https listener"),
        new("certificateKey", SettingType.Path, "PEM file with the key"),
        new("certificatePassword", SettingType.Text, "Password of the PFX file or of the key"),
    ];

    /// <summary>Those of both lists, by key; a key that is in both is named by the node's.</summary>
    public static IEnumerable<Setting> All => Node.Concat(Function).DistinctBy(static setting => setting.Key);
}
