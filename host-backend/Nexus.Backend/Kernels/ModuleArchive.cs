using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.Backend.Kernels;

/// <summary>
/// Modules as an initial file system (the kernel's Documentation/driver-api/early-userspace/buffer-format.rst, "newc"), numbered in their order
/// (vmm/Nexus.Vmm.Init/Modules.cs loads them). No times and no owners: equal modules give equal bytes.
/// </summary>
internal static class ModuleArchive
{
    private const string Folder = "modules";
    private const uint FolderMode = 0x41ED;
    private const uint FileMode = 0x81A4;

    /// <summary>The archive's file, by its content; empty for no modules.</summary>
    /// <param name="modules">In the order in which they are loaded.</param>
    /// <param name="cache">Folder of such files; made when needed.</param>
    public static string Cached(IReadOnlyList<KernelModule> modules, string cache)
    {
        if (modules.Count == 0)
        {
            return "";
        }

        var content = Of(modules);
        var path = Path.Combine(cache, Convert.ToHexStringLower(SHA256.HashData(content)) + ".modules");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(cache);
            var part = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllBytes(part, content);
            File.SetAttributes(part, FileAttributes.ReadOnly);
            File.Move(part, path, overwrite: true);
        }

        return path;
    }

    private static byte[] Of(IReadOnlyList<KernelModule> modules)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Add(bytes, 1, Folder, FolderMode, []);
        for (var i = 0; i < modules.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Folder}/{i:00}-{modules[i].Name}.ko");
            Add(bytes, i + 2, name, FileMode, modules[i].Content);
        }

        Add(bytes, 0, "TRAILER!!!", 0, []);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Add(ArrayBufferWriter<byte> bytes, int number, string name, uint mode, byte[] content)
    {
        const int Links = 1;
        long[] fields = [number, mode, 0, 0, Links, 0, content.Length, 0, 0, 0, 0, name.Length + 1, 0];
        bytes.Write("070701"u8);
        foreach (var field in fields)
        {
            bytes.Write(Encoding.ASCII.GetBytes(field.ToString("x8", CultureInfo.InvariantCulture)));
        }

        bytes.Write(Encoding.ASCII.GetBytes(name + '\0'));
        Pad(bytes);
        bytes.Write(content);
        Pad(bytes);
    }

    private static void Pad(ArrayBufferWriter<byte> bytes) => bytes.Write(new byte[-bytes.WrittenCount & 3]);
}
