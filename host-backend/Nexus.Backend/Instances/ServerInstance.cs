namespace Nexus.Backend.Instances;

/// <summary>An instance of a server and how many requests it has; guarded by its pool.</summary>
internal sealed class ServerInstance(Instance instance)
{
    public Instance Instance { get; } = instance;

    public int Load { get; set; }
}
