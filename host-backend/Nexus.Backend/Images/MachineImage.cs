using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Images;

/// <summary>
/// A folder that a virtual machine can be booted from: kernel, read-only layers, and what its guest is to run. The first program and the monitor are not in it: they
/// belong to the installation.
/// </summary>
public sealed record MachineImage
{
    public const string FileName = "image.json";

    // The first had no modules; images without modules are still of that format.
    private const int FirstFormat = 1;
    private const int ModulesFormat = 2;
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Version of image.json.</summary>
    public int Format { get; init; } = FirstFormat;

    /// <summary>The function's name.</summary>
    public required string Name { get; init; }

    public required MachineLayer Kernel { get; init; }

    /// <summary>The kernel's modules, an initial file system; null where it has everything built in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MachineLayer? Modules { get; init; }

    /// <summary>Words for its command line.</summary>
    public string KernelParameters { get; init; } = "";

    /// <summary>The root first, then the function's folder.</summary>
    public required IReadOnlyList<MachineLayer> Layers { get; init; }

    /// <summary>What the guest runs.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The Lambda handler; empty for a program.</summary>
    public string Handler { get; init; } = "";

    public string Region { get; init; } = "";

    public int MemoryMb { get; init; }

    public int TmpMb { get; init; }

    public double TimeoutSeconds { get; init; }

    public bool LeanRuntime { get; init; } = true;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Names everything a snapshot of its machine depends on: kernel, modules and layers, in their order.</summary>
    [JsonIgnore]
    public string Digest =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', Files.Select(static file => file.Digest)))));

    [JsonIgnore]
    private IEnumerable<MachineLayer> Files => Modules is null ? [Kernel, .. Layers] : [Kernel, Modules, .. Layers];

    /// <summary>Reads an image and compares every file with what it was when it was made.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0215.</exception>
    public static MachineImage Load(string folder)
    {
        var image = Read(folder);
        foreach (var layer in image.Files)
        {
            var path = Path.Combine(folder, layer.Name);
            if (Path.GetFileName(layer.Name) != layer.Name || !File.Exists(path) || new FileInfo(path).Length != layer.Bytes)
            {
                throw SandboxDiagnostics.NotAnImage.With($"{path} is missing or has another length");
            }

            if (DigestOf(path) != layer.Digest)
            {
                throw SandboxDiagnostics.NotAnImage.With($"{path} was altered");
            }
        }

        return image;
    }

    /// <summary>The function that its machine runs.</summary>
    /// <param name="folder">The image's folder.</param>
    public FunctionDefinition ToFunction(string folder) =>
        new()
        {
            Name = Name,
            AppFolder = Path.GetFullPath(folder),
            Command = (_, _) => Command,
            Handler = Handler,
            Region = Region,
            MemoryMb = MemoryMb,
            TmpMb = TmpMb,
            Timeout = Handler.Length > 0 ? TimeSpan.FromSeconds(TimeoutSeconds) : Timeout.InfiniteTimeSpan,
            LeanRuntime = LeanRuntime,
            Environment = Environment,
            Sandbox = "vm",
            Layers = [.. Layers.Select(layer => Path.GetFullPath(Path.Combine(folder, layer.Name)))],
        };

    /// <summary>Writes image.json, the last file of an image.</summary>
    internal void Save(string folder) =>
        File.WriteAllText(
            Path.Combine(folder, FileName),
            JsonSerializer.Serialize(this with { Format = Modules is null ? FirstFormat : ModulesFormat }, s_json)
        );

    internal static string DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static MachineImage Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var image = JsonSerializer.Deserialize<MachineImage>(File.ReadAllBytes(path), s_json);
            return image?.Format is FirstFormat or ModulesFormat
                ? image
                : throw SandboxDiagnostics.NotAnImage.With($"{path}: format {image?.Format}, this is {ModulesFormat}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw SandboxDiagnostics.NotAnImage.With($"{path}: {failure.Message}", failure);
        }
    }
}
