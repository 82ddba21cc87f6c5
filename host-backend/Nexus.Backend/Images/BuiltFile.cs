namespace Nexus.Backend.Images;

/// <summary>A file of an image that was just built.</summary>
/// <param name="Layer">What it is: kernel, runtime or function.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="Cached">Whether the cache had it.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record BuiltFile(string Layer, long Bytes, string Digest, bool Cached, double Seconds);
