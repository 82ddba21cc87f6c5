namespace Nexus.Bench.Nodes;

/// <summary>A function for the bench's node.</summary>
/// <param name="Name">Its name in the Invoke API.</param>
/// <param name="Folder">The unmodified publish folder.</param>
/// <param name="Handler"><c>Assembly::Type::Method</c>.</param>
/// <param name="Environment">The function's variables.</param>
/// <param name="Upstreams">Servers it may call besides AWS's.</param>
/// <param name="Routes">For a server: where it listens, and the protocol there (<c>http1</c>, <c>http2</c>).</param>
/// <param name="Sandbox">What holds its instances.</param>
internal sealed record NodeFunction(
    string Name,
    string Folder,
    string Handler,
    IReadOnlyDictionary<string, string> Environment,
    string[]? Upstreams = null,
    IReadOnlyDictionary<string, string>? Routes = null,
    string Sandbox = "process"
);
