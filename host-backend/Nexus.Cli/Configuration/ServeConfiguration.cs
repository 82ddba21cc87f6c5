using Nexus.Backend.Ingress;
using Nexus.Backend.Node;

namespace Nexus.Cli.Configuration;

/// <summary>The configuration of a node, put together: defaults, file, environment, command line; later ones win.</summary>
internal sealed class ServeConfiguration
{
    private readonly SettingValues _node;

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0002, NEXUS0007 or NEXUS0008.</exception>
    public ServeConfiguration(ConfigurationFile file, SettingValues switches, IReadOnlyDictionary<string, string> variables)
    {
        var later = EnvironmentSettings
            .Read(SettingCatalogue.Node.Concat(SettingCatalogue.Function.Where(static setting => !setting.PerFunctionOnly)), variables)
            .With(switches);
        _node = SettingValues.DefaultsOf(SettingCatalogue.Node).With(file.Node).With(later).WithDefault("region", HostVariables.Region);
        FunctionDefaults = SettingValues.DefaultsOf(SettingCatalogue.Function).WithDefault("region", _node.Text("region"));
        Functions = file.Functions.ToDictionary(static pair => pair.Key, pair => pair.Value.With(later));
        if (Functions.Count == 0)
        {
            throw CliDiagnostics.NoFunctions.With("functions");
        }

        if (Functions.FirstOrDefault(static pair => !pair.Value.Has("path")) is { Key: { } name })
        {
            throw CliDiagnostics.PathMissing.With($"functions.{name}");
        }

        Routes = [.. file.Routes.Select(route => RouteReader.Read(route.Position, route.Values, [.. Functions.Keys]))];
    }

    public string CacheFolder => _node.Text("cache") is { Length: > 0 } folder ? folder : HostVariables.CacheFolder;

    /// <summary>What holds for a function that says nothing itself.</summary>
    public SettingValues FunctionDefaults { get; }

    /// <summary>What was said for each function.</summary>
    public IReadOnlyDictionary<string, SettingValues> Functions { get; }

    /// <summary>How HTTP callers reach functions.</summary>
    public IReadOnlyList<IngressRoute> Routes { get; }

    /// <summary>The node, still without its functions.</summary>
    public NodeOptions Node =>
        new()
        {
            Functions = [],
            Routes = Routes,
            Listen = _node.Text("listen"),
            StateFolder = _node.Text("state"),
            Quiet = _node.Flag("quiet"),
            LogLevel = _node.Text("logLevel"),
            DrainSeconds = _node.Integer("drainSeconds"),
            OtlpEndpoint = _node.Text("otlpEndpoint"),
            Machines = MachineSettings.Read(_node, CacheFolder),
        };
}
