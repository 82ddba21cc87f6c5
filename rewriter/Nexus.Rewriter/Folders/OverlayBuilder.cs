using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nexus.Diagnostics;

namespace Nexus.Rewriter;

/// <summary>
/// Prepares functions at launch, in a cache: <c>objects/</c> holds files by content, <c>overlays/KEY/app</c> a function made of hard links to
/// them. An overlay appears by a rename when it is complete; builders in several processes may work on the same one.
/// </summary>
/// <param name="rules">The rules to put in.</param>
/// <param name="guestFolder">Folder with the guest assemblies.</param>
/// <param name="cacheFolder">The cache; created when missing.</param>
/// <param name="precompiler">Compiles the overlay's assemblies ahead; null leaves them to be compiled when they run.</param>
public sealed class OverlayBuilder(RuleSet rules, string guestFolder, string cacheFolder, Precompiler? precompiler = null)
{
    private const string Manifest = "prepared.json";
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);
    private readonly string overlays = Path.Combine(Path.GetFullPath(cacheFolder), "overlays");
    private readonly string staging = Path.Combine(Path.GetFullPath(cacheFolder), "staging");
    private readonly ObjectStore objects = new(Path.Combine(Path.GetFullPath(cacheFolder), "objects"));

    /// <summary>The overlay of a published function; built unless the cache has it.</summary>
    /// <param name="publishFolder">The published function; only read.</param>
    /// <param name="appName">Name of the application, needed only when the folder holds several.</param>
    /// <exception cref="NexusException">NEXUS0100 to NEXUS0118; no overlay was left behind.</exception>
    public PreparedFunction Prepare(string publishFolder, string? appName = null)
    {
        var source = PublishFolder.Open(publishFolder, appName);
        try
        {
            var final = Path.Combine(overlays, Key(source));
            return Read(final) ?? Build(source, final);
        }
        catch (Exception e) when (DiskErrors.Translate(e, cacheFolder) is { } known)
        {
            throw known;
        }
    }

    private static PreparedFunction? Read(string overlay)
    {
        var manifest = Path.Combine(overlay, Manifest);
        return File.Exists(manifest) && JsonSerializer.Deserialize<PreparedFunction>(File.ReadAllBytes(manifest)) is { } prepared
            ? prepared with
            {
                Folder = Path.Combine(overlay, "app"),
            }
            : null;
    }

    private PreparedFunction Build(PublishFolder source, string final)
    {
        RemoveAbandoned();
        var work = Path.Combine(staging, Guid.NewGuid().ToString("N"));
        try
        {
            var filled = Path.Combine(work, "filled");
            var prepared = new FolderRewriter(rules, guestFolder).Fill(source, filled);
            if (prepared.RuntimeConfigFile is { } config)
                precompiler?.Compile(filled, Path.Combine(filled, config));
            var overlay = Path.Combine(work, "overlay");
            foreach (var file in Directory.EnumerateFiles(filled, "*", SearchOption.AllDirectories))
                objects.Place(file, Path.Combine(overlay, "app", Path.GetRelativePath(filled, file)));
            File.WriteAllBytes(Path.Combine(overlay, Manifest), JsonSerializer.SerializeToUtf8Bytes(prepared with { Folder = "app" }));
            return Publish(overlay, final);
        }
        finally
        {
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
        }
    }

    private PreparedFunction Publish(string overlay, string final)
    {
        Directory.CreateDirectory(overlays);
        try
        {
            Directory.Move(overlay, final);
        }
        catch (IOException) when (File.Exists(Path.Combine(final, Manifest)))
        {
            // Another builder was first; its result is equal, the key says so.
        }
        return Read(final)!;
    }

    private void RemoveAbandoned()
    {
        Directory.CreateDirectory(staging);
        foreach (var work in Directory.EnumerateDirectories(staging))
        {
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(work) < Abandoned)
                continue;
            try
            {
                Directory.Delete(work, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another process removes it too.
            }
        }
    }

    /// <summary>Everything the overlay depends on: the rewriter, its rules, the compiler, the guest and every file of the function with its mode.</summary>
    private string Key(PublishFolder source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, $"{typeof(OverlayBuilder).Module.ModuleVersionId} {rules.Fingerprint} {source.AppName}");
        if (precompiler is not null)
            Append(hash, precompiler.IdentityFor(Path.Combine(source.Path, source.RuntimeConfigFile)));
        foreach (
            var guest in Directory.EnumerateFiles(guestFolder, "Nexus.*.dll").Where(GuestAssemblies.IsGuest).Order(StringComparer.Ordinal)
        )
            AppendFile(hash, Path.GetFileName(guest), guest);
        foreach (var file in source.Files())
            AppendFile(hash, file, Path.Combine(source.Path, file));
        return Convert.ToHexString(hash.GetHashAndReset())[..40].ToLowerInvariant();
    }

    private static void AppendFile(IncrementalHash hash, string name, string path)
    {
        using var stream = File.OpenRead(path);
        var content = Convert.ToHexString(SHA256.HashData(stream));
        Append(hash, $"{name.Length} {name} {File.GetUnixFileMode(path)} {content}");
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
}
