using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.Rewriter;

/// <summary>
/// Compiles the assemblies of a prepared function ahead (ReadyToRun), so that an instance compiles little when it starts and shares the code's
/// pages with others. Each result is kept by the assembly's content: the SDK is compiled once, not once per function. Whatever is not compiled
/// stays as it is, and runs.
/// </summary>
public sealed class Precompiler
{
    private const string Compiler = "crossgen2";
    private const string VersionFile = "version.txt";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);
    private readonly string _compiler;
    private readonly Version _version;
    private readonly string _dotnetRoot;
    private readonly string _results;
    private readonly Action<string> _report;

    private Precompiler(string compiler, Version version, string dotnetRoot, string cacheFolder, Action<string> report)
    {
        _compiler = compiler;
        _version = version;
        _dotnetRoot = dotnetRoot;
        _results = Path.Combine(Path.GetFullPath(cacheFolder), "precompiled");
        _report = report;
    }

    /// <summary>The compiler that came with this installation; null where there is none.</summary>
    /// <param name="toolFolder">Folder with <c>crossgen2</c> and <c>version.txt</c>.</param>
    /// <param name="dotnetRoot">The .NET installation that will run the functions.</param>
    /// <param name="cacheFolder">Where results are kept.</param>
    /// <param name="report">Told the name of each assembly before it is compiled.</param>
    public static Precompiler? TryFind(string toolFolder, string dotnetRoot, string cacheFolder, Action<string> report)
    {
        var compiler = Path.Combine(toolFolder, Compiler);
        var version = Path.Combine(toolFolder, VersionFile);
        return
            File.Exists(compiler)
            && File.Exists(version)
            && Version.TryParse(File.ReadAllText(version).Trim(), out var parsed)
            && MayExecute(compiler)
            ? new Precompiler(compiler, parsed, dotnetRoot, cacheFolder, report)
            : null;
    }

    /// <summary>What the result depends on besides the assemblies; empty when nothing would be compiled for that runtime.</summary>
    internal string IdentityFor(string runtimeConfig) =>
        InstalledFramework.Resolve(runtimeConfig, _dotnetRoot, _version.Major) is { Count: > 0 } frameworks
            ? $"{_version} {string.Join(' ', frameworks)}"
            : "";

    /// <summary>
    /// Replaces the assemblies in a folder that are plain IL, as far as they can be compiled. Those with symbols beside them are somebody's own code and stay: compiled
    /// code knows its lines less exactly, and stack traces are part of what a function answers.
    /// </summary>
    internal void Compile(string folder, string runtimeConfig)
    {
        var frameworks = InstalledFramework.Resolve(runtimeConfig, _dotnetRoot, _version.Major);
        if (frameworks.Count == 0)
            return;
        foreach (var assembly in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal).Where(IsPlain).ToList())
        {
            if (CompiledFormOf(assembly, frameworks) is { } compiled)
            {
                File.Delete(assembly);
                File.Copy(compiled, assembly);
            }
        }
    }

    /// <summary>Packages do not keep the mode of their files.</summary>
    private static bool MayExecute(string compiler)
    {
        const UnixFileMode executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            var mode = File.GetUnixFileMode(compiler);
            if ((mode & executable) != executable)
                File.SetUnixFileMode(compiler, mode | executable | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return (File.GetUnixFileMode(compiler) & UnixFileMode.OtherExecute) != 0;
        }
    }

    private static bool IsPlain(string assembly) =>
        !File.Exists(Path.ChangeExtension(assembly, ".pdb")) && AssemblyProbe.Open(assembly).Kind is ImageKind.Managed;

    private string? CompiledFormOf(string assembly, IReadOnlyList<string> frameworks)
    {
        using var stream = File.OpenRead(assembly);
        var content = Convert.ToHexString(SHA256.HashData(stream));
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{content} {_version} {string.Join(' ', frameworks)}")));
        var result = Path.Combine(_results, key[..40].ToLowerInvariant() + ".dll");
        if (File.Exists(result))
            return result;
        _report(Path.GetFileName(assembly));
        Directory.CreateDirectory(_results);
        var aside = $"{result}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (!Run(assembly, aside, frameworks) || AssemblyProbe.Open(aside).Kind is not ImageKind.ReadyToRun)
                return null;
            File.Move(aside, result, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private bool Run(string assembly, string output, IReadOnlyList<string> frameworks)
    {
        // Code of another assembly is never compiled in: what is compiled here stays right when a framework or a neighbour is replaced by another version.
        string[] arguments =
        [
            assembly,
            "-o",
            output,
            "-r",
            Path.Combine(Path.GetDirectoryName(assembly)!, "*.dll"),
            .. frameworks.SelectMany(framework => new[] { "-r", Path.Combine(framework, "*.dll") }),
            "--targetos",
            "linux",
            "--targetarch",
            "x64",
            "-O",
        ];
        var start = new ProcessStartInfo(_compiler, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        Task.WaitAll(error, text);
        return process.ExitCode == 0 && File.Exists(output);
    }
}
