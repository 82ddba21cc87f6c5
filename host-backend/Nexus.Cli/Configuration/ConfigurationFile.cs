using System.Text;
using System.Text.Json;
using Nexus.Diagnostics;

namespace Nexus.Cli.Configuration;

/// <summary>A <c>nexus.json</c>: settings of the node and of its functions by name. Read strictly: what is not known is refused with its position.</summary>
internal sealed class ConfigurationFile
{
    private readonly byte[] _content;
    private readonly string _name;
    private readonly string _folder;

    private ConfigurationFile(string path, byte[] content)
    {
        _content = content;
        _name = Path.GetFileName(path);
        _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
    }

    public SettingValues Node { get; } = new();

    public Dictionary<string, SettingValues> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>The routes, each with its position for messages.</summary>
    public List<(string Position, SettingValues Values)> Routes { get; } = [];

    /// <exception cref="NexusException">NEXUS0001 to NEXUS0006.</exception>
    public static ConfigurationFile Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliDiagnostics.FileNotReadable.With($"{path}: {e.Message}", e);
        }

        return Parse(path, content);
    }

    /// <param name="path">Names the file in messages; relative paths are relative to its folder.</param>
    /// <param name="content">UTF-8.</param>
    /// <exception cref="NexusException">NEXUS0001, NEXUS0002, NEXUS0004 to NEXUS0006.</exception>
    public static ConfigurationFile Parse(string path, byte[] content)
    {
        var file = new ConfigurationFile(path, content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content[3..] : content);
        try
        {
            file.ReadAll();
            return file;
        }
        catch (JsonException e)
        {
            throw CliDiagnostics.NotJson.With($"{file._name}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}", e);
        }
    }

    private void ReadAll()
    {
        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var reader = new Utf8JsonReader(_content, options);
        reader.Read();
        ReadObject(ref reader, SettingCatalogue.Node, Node, SettingCatalogue.FunctionsKey, SettingCatalogue.RoutesKey);
        // Anything but white space and comments after the object is an error of the reader's.
        reader.Read();
    }

    private void ReadObject(ref Utf8JsonReader reader, IReadOnlyList<Setting> settings, SettingValues values, params string[] nested)
    {
        RequireObject(ref reader);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var (key, position) = ReadKey(ref reader, seen);
            reader.Read();
            if (nested.Contains(key))
            {
                ReadNested(ref reader, key);
                continue;
            }

            var setting = settings.FirstOrDefault(candidate => candidate.Key == key) ?? throw Unknown(key, position, settings, nested);
            var origin = Position(reader.TokenStartIndex);
            values.Set(key, SettingReader.FromJson(setting, JsonElement.ParseValue(ref reader), origin, _folder));
        }
    }

    private void ReadNested(ref Utf8JsonReader reader, string key)
    {
        if (key == SettingCatalogue.RoutesKey)
        {
            ReadRoutes(ref reader);
        }
        else
        {
            ReadFunctions(ref reader);
        }
    }

    private void ReadRoutes(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            throw CliDiagnostics.NotJson.With($"{Position(reader.TokenStartIndex)}: a list is expected");
        }

        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var position = Position(reader.TokenStartIndex);
            var values = new SettingValues();
            ReadObject(ref reader, SettingCatalogue.Route, values);
            Routes.Add((position, values));
        }
    }

    private void ReadFunctions(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var (name, position) = ReadKey(ref reader, seen);
            if (!FunctionName.IsValid(name))
            {
                throw CliDiagnostics.BadFunctionName.With($"\"{name}\" at {position}");
            }

            reader.Read();
            var values = new SettingValues();
            ReadObject(ref reader, SettingCatalogue.Function, values);
            Functions.Add(name, values);
        }
    }

    private (string Key, string Position) ReadKey(ref Utf8JsonReader reader, HashSet<string> seen)
    {
        var key = reader.GetString()!;
        var position = Position(reader.TokenStartIndex);
        return seen.Add(key) ? (key, position) : throw CliDiagnostics.RepeatedKey.With($"\"{key}\" at {position}");
    }

    private void RequireObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            throw CliDiagnostics.NotJson.With($"{Position(reader.TokenStartIndex)}: an object is expected");
        }
    }

    private static NexusException Unknown(string key, string position, IReadOnlyList<Setting> settings, string[] nested)
    {
        var known = settings.Select(static setting => setting.Key).Concat(nested);
        return CliDiagnostics.UnknownKey.With($"\"{key}\" at {position}; the nearest is \"{NearestText.To(key, known)}\"");
    }

    /// <summary>File, line and column, both from 1.</summary>
    private string Position(long index)
    {
        var before = _content.AsSpan(0, (int)index);
        var line = before.Count((byte)'\n') + 1;
        return $"{_name}:{line}:{before.Length - before.LastIndexOf((byte)'\n')}";
    }
}
