using System.Text.Json;
using Nexus.Backend.Instances;

namespace Nexus.Cli.Functions;

/// <summary>Reads the event of an invocation.</summary>
internal static class EventReader
{
    /// <param name="file">A file, <c>-</c> for standard input, or null for <c>{}</c>.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0012.</exception>
    public static byte[] Read(string? file)
    {
        if (file is null)
        {
            return "{}"u8.ToArray();
        }

        try
        {
            using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            if (content.Length > Invocation.MaxPayloadBytes)
            {
                throw CliDiagnostics.EventNotReadable.With($"{file}: {content.Length} bytes");
            }

            using var document = JsonDocument.Parse(content.ToArray(), new JsonDocumentOptions { MaxDepth = 1000 });
            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw CliDiagnostics.EventNotReadable.With($"{file}: {e.Message}", e);
        }
    }
}
