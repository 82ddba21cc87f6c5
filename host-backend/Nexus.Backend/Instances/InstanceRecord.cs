using System.Text.Json;
using System.Text.Json.Serialization;
using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;
using Nexus.Channel;

namespace Nexus.Backend.Instances;

/// <summary>What a restarted backend needs to take an instance over. One file an instance, in the node's state folder.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Fingerprint">The definition it was started from; another one's instances are ended, not taken over.</param>
/// <param name="Process">Its processes.</param>
/// <param name="Channel">The region's size, which must not be read from the region again.</param>
internal sealed record InstanceRecord(string Function, string Fingerprint, SandboxRecord Process, ChannelOptions Channel)
{
    /// <summary>Remembers an instance; returns the file, to be deleted when it ends.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{Process.RootId}.json");
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(this, InstanceRecordJson.Default.InstanceRecord));
        File.Move(file + ".new", file, overwrite: true);
        return file;
    }

    /// <summary>
    /// Every record of a folder and its file; unreadable ones are dropped. The files stay: a backend that is killed while it takes instances over must not make
    /// its successor forget them.
    /// </summary>
    public static IReadOnlyList<(string File, InstanceRecord Record)> ReadAll(string folder)
    {
        var records = new List<(string File, InstanceRecord Record)>();
        if (!Directory.Exists(folder))
        {
            return records;
        }

        foreach (var file in Directory.GetFiles(folder))
        {
            if (Read(file) is { } record)
            {
                records.Add((file, record));
            }
            else
            {
                File.Delete(file);
            }
        }

        return records;
    }

    /// <summary>Null for what a backend that was killed had not finished: nothing can be taken over from it.</summary>
    private static InstanceRecord? Read(string file)
    {
        try
        {
            return file.EndsWith(".json", StringComparison.Ordinal)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(file), InstanceRecordJson.Default.InstanceRecord)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Everything that makes two definitions start the same guest.</summary>
    public static string FingerprintOf(FunctionDefinition function) =>
        string.Join(
            '\n',
            function.AppFolder,
            function.Handler,
            function.Sandbox,
            function.MemoryMb,
            function.TmpMb,
            function.CpuLimit,
            function.LeanRuntime,
            string.Join(';', function.Environment.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        );
}

[JsonSerializable(typeof(InstanceRecord))]
internal sealed partial class InstanceRecordJson : JsonSerializerContext;
