namespace Nexus.Backend.Images;

/// <summary>An image in the cache.</summary>
/// <param name="Path">The file.</param>
/// <param name="Digest">Of the tree it was made from; SHA-256 in hexadecimal.</param>
/// <param name="WasThere">Whether it had been made before.</param>
public sealed record CachedImage(string Path, string Digest, bool WasThere);
