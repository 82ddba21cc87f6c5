using Nexus.Backend.Instances;

namespace Nexus.Cli.Configuration;

/// <summary>Every setting there is.</summary>
internal static class SettingCatalogue
{
    public const string FunctionsKey = "functions";

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
    ];

    /// <summary>Settings of one function.</summary>
    public static IReadOnlyList<Setting> Function { get; } =
    [
        new("path", SettingType.Path, "Publish folder or project") { PerFunctionOnly = true },
        new("handler", SettingType.Text, "Assembly::Namespace.Type::Method; from aws-lambda-tools-defaults.json when absent")
        {
            PerFunctionOnly = true,
        },
        new("memory", SettingType.Integer, "Memory in MB")
        {
            Default = 512,
            Least = 128,
            Most = 10_240,
        },
        new("timeout", SettingType.Integer, "Timeout of an invocation in seconds")
        {
            Default = 3,
            Least = 1,
            Most = 900,
        },
        new("sandbox", SettingType.Choice, "Isolation") { Default = "process", Choices = InstanceServices.SandboxKinds },
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
        ),
        new("allowExplicitKeys", SettingType.Flag, "Use keys that the function's code gives to its clients") { Default = false },
        new("maxInstances", SettingType.Integer, "Instances, and so invocations at once, at most")
        {
            Default = 10,
            Least = 1,
            Most = 1000,
        },
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

    /// <summary>Those of both lists, by key; a key that is in both is named by the node's.</summary>
    public static IEnumerable<Setting> All => Node.Concat(Function).DistinctBy(static setting => setting.Key);
}
