using System.Diagnostics;
using System.IO.Compression;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Kernels;

/// <summary>Files that a distribution has packed: gzip is read here, xz and Zstandard by their programs.</summary>
internal static class PackedFile
{
    /// <summary>The unpacked content; as it is where the name has no ending of a packer.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0217 or NEXUS0218.</exception>
    public static byte[] ReadAll(string path) =>
        Path.GetExtension(path) switch
        {
            ".gz" => ReadGzip(path),
            ".xz" => ReadBy("xz", path),
            ".zst" => ReadBy("zstd", path),
            _ => File.ReadAllBytes(path),
        };

    private static byte[] ReadGzip(string path)
    {
        using var content = new MemoryStream();
        using var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        try
        {
            unpacked.CopyTo(content);
        }
        catch (InvalidDataException failure)
        {
            throw SandboxDiagnostics.KernelUnusable.With($"{path}: {failure.Message}", failure);
        }

        return content.ToArray();
    }

    private static byte[] ReadBy(string program, string path) => HostProgram.Run(program, "-dc", path);
}
