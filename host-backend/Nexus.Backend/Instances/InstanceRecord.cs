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

    /// <summary>Takes every record out of a folder; unreadable ones are dropped.</summary>
    public static IReadOnlyList<InstanceRecord> TakeAll(string folder)
    {
        var records = new List<InstanceRecord>();
        if (!Directory.Exists(folder))
        {
            return records;
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            try
            {
                if (JsonSerializer.Deserialize(File.ReadAllBytes(file), InstanceRecordJson.Default.InstanceRecord) is { } record)
                {
                    records.Add(record);
                }
            }
            catch (JsonException)
            {
                // Half-written by a backend that was killed: nothing can be taken over from it.
            }

            File.Delete(file);
        }

        return records;
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
