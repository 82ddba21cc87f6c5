using Nexus.Backend.Sandbox;
using Nexus.Rewriter;
using Nexus.TestKit;

namespace Nexus.Bench.Nodes;

/// <summary>Functions prepared as the command line prepares them, in a cache of the bench's own.</summary>
internal static class Overlays
{
    public static OverlayBuilder Create()
    {
        var cache = RepositoryRoot.Combine("artifacts", "bench-overlays");
        return new OverlayBuilder(
            RuleSet.Default,
            Path.Combine(AppContext.BaseDirectory, "guest"),
            cache,
            Precompiler.TryFind(Path.Combine(AppContext.BaseDirectory, "precompiler"), DotnetRoot.Find(), cache, static _ => { })
        );
    }
}
