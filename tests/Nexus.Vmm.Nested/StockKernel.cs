using System.Buffers.Binary;

namespace Nexus.Vmm.Nested;

/// <summary>Debian's cloud kernel, from its package, downloaded once.</summary>
/// <param name="Package">The package's file.</param>
/// <param name="Version">The kernel's version, as its files are named.</param>
/// <param name="Compressed">vmlinuz.</param>
/// <param name="Uncompressed">vmlinux, taken out of it.</param>
/// <param name="Modules">The folder "kernel" of its modules.</param>
internal sealed record StockKernel(string Package, string Version, string Compressed, string Uncompressed, string Modules)
{
    // The kernel's build appends the unpacked size, which is not part of the LZ4 frame.
    private const int UnpackedSizeBytes = 4;
    private const string PackageName = "linux-image-cloud-amd64";

    public static StockKernel? Prepare(string folder)
    {
        Directory.CreateDirectory(folder);
        var tree = Path.Combine(folder, "tree");
        if (!Directory.Exists(tree))
        {
            var dependencies = Tool.Run("apt-cache", folder, "depends", PackageName);
            var image = dependencies
                ?.Split('\n')
                .Select(static l => l.Trim())
                .FirstOrDefault(static l => l.StartsWith("Depends: linux-image-", StringComparison.Ordinal));
            if (
                Directory.GetFiles(folder, "linux-image-*.deb").Length == 0
                && (image is null || Tool.Run("apt-get", folder, "download", "-q", image["Depends: ".Length..]) is null)
            )
            {
                Console.Error.WriteLine($"error: the package {PackageName} could not be downloaded; run apt-get update first");
                return null;
            }

            var package = Directory.GetFiles(folder, "linux-image-*.deb").Single();
            if (Tool.Run("dpkg-deb", folder, "-x", package, tree + ".part") is null)
            {
                return null;
            }

            Directory.Move(tree + ".part", tree);
        }

        var compressed = Directory.GetFiles(Path.Combine(tree, "boot"), "vmlinuz-*").Single();
        var uncompressed = Path.Combine(folder, "vmlinux");
        if (!File.Exists(uncompressed) && !Extract(compressed, uncompressed, folder))
        {
            return null;
        }

        var modules = Path.Combine(Directory.GetDirectories(Path.Combine(tree, "lib", "modules")).Single(), "kernel");
        return new StockKernel(
            Directory.GetFiles(folder, "linux-image-*.deb").Single(),
            Path.GetFileName(compressed)["vmlinuz-".Length..],
            compressed,
            uncompressed,
            modules
        );
    }

    /// <summary>The payload of a bzImage by its header (boot protocol 2.08): an LZ4 frame in this kernel.</summary>
    private static bool Extract(string compressed, string uncompressed, string folder)
    {
        var file = File.ReadAllBytes(compressed);
        var start = ((file[0x1F1] + 1) * 512) + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(0x248));
        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(0x24C));
        var payload = Path.Combine(folder, "payload.lz4");
        File.WriteAllBytes(payload, file.AsSpan(start, length - UnpackedSizeBytes).ToArray());
        var done = Tool.Run("lz4", folder, "-d", "-f", "-q", payload, uncompressed) is not null;
        File.Delete(payload);
        return done && File.Exists(uncompressed);
    }
}
