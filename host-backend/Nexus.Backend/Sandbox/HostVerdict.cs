namespace Nexus.Backend.Sandbox;

/// <summary>What a host check found.</summary>
public enum HostVerdict
{
    /// <summary>Works.</summary>
    Ok,

    /// <summary>Nexus runs, with less than it could have.</summary>
    Warn,

    /// <summary>The sandbox cannot work.</summary>
    Fail,
}
