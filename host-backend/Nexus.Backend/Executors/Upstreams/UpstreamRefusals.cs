using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Upstreams;

/// <summary>What one stack says when a function may not go where it wants to: the rules are the same for all, the words are the stack's.</summary>
/// <param name="NotAllowed">No entry covers the place.</param>
/// <param name="MetadataAddress">The place is a link-local or metadata address, or its name leads to one.</param>
/// <param name="ThisMachine">Its name leads to this machine, and no entry names it.</param>
/// <param name="BadTarget">It is no place at all.</param>
internal sealed record UpstreamRefusals(Diagnostic NotAllowed, Diagnostic MetadataAddress, Diagnostic ThisMachine, Diagnostic BadTarget);
