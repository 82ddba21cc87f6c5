using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// Names everything that a function's snapshot depends on: whatever of it changes, the snapshot is another one. Kernel, monitor and first program, images, memory, what
/// the guest is told, and the processor and kernel of this host.
/// </summary>
internal static class SnapshotDigest
{
    // Of an instance, not of its function.
    private const string OfAnInstance = "AWS_LAMBDA_LOG_STREAM_NAME";

    private static readonly string[] s_processor = ["vendor_id", "cpu family", "model", "stepping", "microcode", "flags"];

    /// <param name="files">Files whose content counts.</param>
    /// <param name="layers">Images that are named by their content.</param>
    /// <param name="words">What else the machine is made with.</param>
    /// <param name="spec">What the guest runs.</param>
    public static string Of(IEnumerable<string> files, IEnumerable<string> layers, IEnumerable<string> words, SandboxSpec spec)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in files)
        {
            using var file = File.OpenRead(path);
            hash.AppendData(SHA256.HashData(file));
        }

        foreach (var word in layers.Select(Path.GetFileName).Concat(words).Concat(Host()))
        {
            var bytes = Encoding.UTF8.GetBytes(word!);
            hash.AppendData(Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
            hash.AppendData(bytes);
        }

        var lasting = spec.Environment.Where(static variable => variable.Key != OfAnInstance);
        hash.AppendData(
            LaunchFile.Of(spec with { Environment = new SortedDictionary<string, string>(lasting.ToDictionary(), StringComparer.Ordinal) })
        );
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Host() =>
        File.ReadLines("/proc/cpuinfo")
            .TakeWhile(static line => line.Length > 0)
            .Where(static line => Array.Exists(s_processor, name => line.StartsWith(name, StringComparison.Ordinal)))
            .Append(File.ReadAllText("/proc/sys/kernel/osrelease"));
}
