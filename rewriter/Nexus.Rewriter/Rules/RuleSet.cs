using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nexus.Rewriter;

/// <summary>The rules of one rewriter; validated, in a fixed order.</summary>
public sealed class RuleSet
{
    /// <summary>Highest number of a rule: the channel's region has 256 hit counters.</summary>
    public const int MaxNumber = 255;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly Lazy<RuleSet> Embedded = new(LoadEmbedded);

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0107: two rules share a number or an id, or a rule contradicts itself.</exception>
    public RuleSet(IEnumerable<RewriteRule> rules)
    {
        Rules = [.. rules.OrderBy(r => r.Number)];
        Validate();
        Fingerprint = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Rules, Json)))[..32].ToLowerInvariant();
    }

    /// <summary>The rules this version ships with.</summary>
    public static RuleSet Default => Embedded.Value;

    public IReadOnlyList<RewriteRule> Rules { get; }

    /// <summary>Identifies the content of the set; written into every rewritten assembly.</summary>
    public string Fingerprint { get; }

    /// <param name="json">A JSON array of rules, keys as the properties of <see cref="RewriteRule"/>.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0107: not such an array.</exception>
    public static RuleSet Parse(string json)
    {
        try
        {
            return new RuleSet(JsonSerializer.Deserialize<List<RewriteRule>>(json, Json) ?? []);
        }
        catch (JsonException e)
        {
            throw RewriterDiagnostics.InvalidRules.With(e.Message, e);
        }
    }

    private static RuleSet LoadEmbedded()
    {
        using var stream = typeof(RuleSet).Assembly.GetManifestResourceStream("Nexus.Rewriter.rules.json")!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    private void Validate()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<int>();
        foreach (var rule in Rules)
        {
            if (!ids.Add(rule.Id))
                throw RewriterDiagnostics.InvalidRules.With($"id '{rule.Id}' is used twice");
            if (rule.Number is < 0 or > MaxNumber || !numbers.Add(rule.Number))
                throw RewriterDiagnostics.InvalidRules.With($"number {rule.Number} of '{rule.Id}' is out of range or used twice");
            var needsConstructor = rule.Kind is RewriteKind.ReplaceNew or RewriteKind.ReplaceBase;
            if (rule.Kind is not RewriteKind.Divert && needsConstructor != rule.Method is ".ctor")
                throw RewriterDiagnostics.InvalidRules.With(
                    $"'{rule.Id}': ReplaceNew and ReplaceBase go with .ctor, and besides them only Divert may"
                );
            if (rule.VersionFrom is { } from && rule.VersionBefore is { } before && from >= before)
                throw RewriterDiagnostics.InvalidRules.With($"'{rule.Id}': empty version range {from} to {before}");
        }
    }
}
