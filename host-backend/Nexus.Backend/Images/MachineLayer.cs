namespace Nexus.Backend.Images;

/// <summary>A file of a machine's image.</summary>
/// <param name="Name">Its name in the image's folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Digest">SHA-256 of its bytes, in hexadecimal.</param>
public sealed record MachineLayer(string Name, long Bytes, string Digest);
