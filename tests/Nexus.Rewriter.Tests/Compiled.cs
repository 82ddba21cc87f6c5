using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Nexus.Rewriter.Tests;

/// <summary>How a test assembly is compiled.</summary>
public sealed record CompileMode(OptimizationLevel Optimization, DebugInformationFormat? Symbols)
{
    public static readonly CompileMode Release = new(OptimizationLevel.Release, DebugInformationFormat.PortablePdb);

    /// <summary>Each optimization and each kind of symbols, but not every pair: the two do not meet in the rewriter.</summary>
    public static IEnumerable<CompileMode> All =>
        [
            new(OptimizationLevel.Debug, DebugInformationFormat.PortablePdb),
            new(OptimizationLevel.Debug, null),
            Release,
            new(OptimizationLevel.Release, DebugInformationFormat.Embedded),
        ];

    public override string ToString() => $"{Optimization}, symbols {Symbols?.ToString() ?? "none"}";
}

/// <summary>Compiles C# at test time, so that a test shows the code it rewrites.</summary>
internal static class Compiled
{
    private static readonly ImmutableArray<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p =>
                Path.GetFileName(p) is var n
                && (n.StartsWith("System.", StringComparison.Ordinal) || n is "netstandard.dll" or "mscorlib.dll")
            )
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)),
    ];

    private static readonly ConcurrentDictionary<(string, string, CompileMode), (byte[] Image, byte[]? Symbols)> Cache = new();

    /// <summary>As <see cref="Write"/>, but compiles the same source only once in a test run.</summary>
    public static string WriteCached(string folder, string name, string source, CompileMode mode, params string[] references)
    {
        var path = Path.Combine(folder, name + ".dll");
        var pdb = Path.ChangeExtension(path, ".pdb");
        var known = Cache.GetOrAdd(
            (name, source, mode),
            _ =>
            {
                Write(folder, name, source, mode, references);
                return (File.ReadAllBytes(path), File.Exists(pdb) ? File.ReadAllBytes(pdb) : null);
            }
        );
        File.WriteAllBytes(path, known.Image);
        if (known.Symbols is not null)
            File.WriteAllBytes(pdb, known.Symbols);
        return path;
    }

    /// <summary>Compiles a source into <c>folder/name.dll</c>, referencing the assemblies given by path.</summary>
    public static string Write(
        string folder,
        string name,
        string source,
        CompileMode mode,
        IEnumerable<string>? references = null,
        string? key = null
    )
    {
        var path = Path.Combine(folder, name + ".dll");
        var options = new CSharpCompilationOptions(
            source.Contains("static void Main", StringComparison.Ordinal)
                ? OutputKind.ConsoleApplication
                : OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: mode.Optimization,
            allowUnsafe: true,
            deterministic: true,
            publicSign: key is not null,
            cryptoPublicKey: key is null ? default : [.. Convert.FromHexString(key)]
        );
        var tree = CSharpSyntaxTree.ParseText(source, path: $"/src/{name}.cs", encoding: System.Text.Encoding.UTF8);
        var compilation = CSharpCompilation.Create(
            name,
            [tree],
            Framework.AddRange((references ?? []).Select(r => MetadataReference.CreateFromFile(r))),
            options
        );
        using var image = File.Create(path);
        using var pdb = mode.Symbols is DebugInformationFormat.PortablePdb ? File.Create(Path.ChangeExtension(path, ".pdb")) : null;
        var result = compilation.Emit(
            image,
            pdb,
            options: mode.Symbols is { } format ? new EmitOptions(debugInformationFormat: format) : null
        );
        Assert.IsTrue(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity is DiagnosticSeverity.Error)));
        return path;
    }
}
