extern alias rewriter;

using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;
using Nexus.Cli.Configuration;
using Nexus.Cli.Output;
using rewriter::Nexus.Rewriter;

namespace Nexus.Cli.Functions;

/// <summary>Makes functions ready to be started: publishes projects, rewrites into the cache, puts settings together.</summary>
/// <param name="cacheFolder">The cache.</param>
internal sealed class FunctionPreparer(string cacheFolder)
{
    private readonly OverlayBuilder _plain = new(RuleSet.Default, GuestFolder, cacheFolder);
    private readonly OverlayBuilder _precompiled = new(
        RuleSet.Default,
        GuestFolder,
        cacheFolder,
        DotnetRoot.TryFind() is { } root
            ? Precompiler.TryFind(
                Path.Combine(AppContext.BaseDirectory, "precompiler"),
                root,
                cacheFolder,
                static assembly => Terminal.Note($"compiling {assembly} ahead, once ...")
            )
            : null
    );

    /// <summary>The guest assemblies of this installation.</summary>
    public static string GuestFolder { get; } = Path.Combine(AppContext.BaseDirectory, "guest");

    /// <param name="name">The function's name; null for one made from its assembly's.</param>
    /// <param name="path">Publish folder or project.</param>
    /// <param name="values">All its settings, with the defaults.</param>
    /// <param name="given">Those that were given by somebody: they win over what the function's own files say.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0009 to NEXUS0011.</exception>
    public PreparedRun Prepare(string? name, string path, SettingValues values, SettingValues given)
    {
        var source = FunctionSource.Find(path);
        var folder = source.Project is null ? source.Folder : new ProjectPublisher(cacheFolder).Publish(source.Project);
        var settings = values.With(LambdaToolsDefaults.Find(folder, source.Folder)).With(given);
        var prepared = (settings.Flag("precompile") ? _precompiled : _plain).Prepare(folder);
        var handler = prepared.IsExecutable ? "" : settings.Text("handler");
        var kind =
            settings.Text("kind") is { Length: > 0 } said ? said
            : prepared.IsServer ? "server"
            : "lambda";
        if (!prepared.IsExecutable && handler.Length == 0)
        {
            throw CliDiagnostics.HandlerMissing.With(name ?? prepared.AppName);
        }

        var definition = Define(name ?? FunctionName.From(prepared.AppName), handler, prepared, settings);
        return new PreparedRun(kind == "server" ? AsServer(definition, settings, given) : definition, prepared.IsExecutable);
    }

    /// <summary>A limit of time that nobody asked for would cut off streams.</summary>
    private static FunctionDefinition AsServer(FunctionDefinition definition, SettingValues settings, SettingValues given) =>
        definition with
        {
            Kind = FunctionKind.Server,
            Timeout = given.Has("timeout") ? definition.Timeout : Timeout.InfiniteTimeSpan,
            InitPhase = TimeSpan.FromSeconds(settings.Integer("startSeconds")),
            Concurrency = settings.Integer("concurrency"),
            MaxQueued = settings.Integer("maxQueued"),
            QueueTimeout = TimeSpan.FromSeconds(settings.Integer("queueSeconds")),
            MaxRequestBytes = settings.Has("maxRequestBytes") ? settings.Integer("maxRequestBytes") : null,
        };

    private static bool HasHostNetwork(SettingValues settings)
    {
        var isHost = settings.Text("network") == "host";
        return isHost && settings.Text("sandbox") == "vm"
            ? throw CliDiagnostics.BadValue.With("network = host with sandbox = vm; allowed is none, a virtual machine has no network")
            : isHost;
    }

    private static FunctionDefinition Define(string name, string handler, PreparedFunction prepared, SettingValues settings) =>
        new()
        {
            Name = name,
            AppFolder = prepared.Folder,
            Command = prepared.CommandLine,
            Handler = handler,
            Region = settings.Text("region"),
            MemoryMb = settings.Integer("memory"),
            Timeout = TimeSpan.FromSeconds(settings.Integer("timeout")),
            Sandbox = settings.Text("sandbox"),
            HostNetwork = HasHostNetwork(settings),
            Snapshot = settings.Flag("snapshot"),
            Standby = settings.Flag("standby"),
            SnapshotEvent = settings.Text("snapshotEvent") is { Length: > 0 } file ? EventReader.Read(file) : null,
            CpuLimit = settings.Number("cpu"),
            TmpMb = settings.Integer("tmp"),
            MaxInstances = settings.Integer("maxInstances"),
            MaxCallsInFlight = settings.Integer("maxCallsInFlight"),
            IdleTimeout = TimeSpan.FromSeconds(settings.Integer("idleSeconds")),
            Environment = settings.Variables("environment"),
            LeanRuntime = settings.Flag("leanRuntime"),
            IdleCollectMilliseconds = settings.Integer("idleCollectMs"),
            Credentials = new FunctionCredentials
            {
                Profile = settings.Text("profile"),
                Role = settings.Text("role"),
                ExternalId = settings.Text("externalId"),
            },
            AllowedEndpoints = settings.Texts("allowEndpoints"),
            AllowedUpstreams = settings.Texts("allowedUpstreams"),
            AllowExplicitKeys = settings.Flag("allowExplicitKeys"),
            AsyncRetryDelays = [.. settings.Integers("asyncRetrySeconds").Select(static seconds => TimeSpan.FromSeconds(seconds))],
        };
}
