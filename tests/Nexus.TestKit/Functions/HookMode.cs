namespace Nexus.TestKit.Functions;

/// <summary>The ways in which Nexus gets into a function.</summary>
public enum HookMode
{
    /// <summary>The published folder is served as it is; an overlay is made at launch.</summary>
    Overlay,

    /// <summary>The folder that <c>nexus rewrite</c> made of the published one is served.</summary>
    Folder,

    /// <summary>The function is built with <c>Nexus.Build</c>, with start-up hooks switched off.</summary>
    Build,
}
