using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Nexus.Rewriter;

/// <summary>A module together with the symbols it came with: embedded, a portable PDB beside it, or none.</summary>
internal sealed class SymbolSource : IDisposable
{
    private readonly string? dropped;

    private SymbolSource(ModuleDefinition module, string? dropped)
    {
        Module = module;
        this.dropped = dropped;
    }

    public ModuleDefinition Module { get; }

    public static SymbolSource Open(string path, IAssemblyResolver resolver)
    {
        var pdb = Path.ChangeExtension(path, ".pdb");
        if (File.Exists(pdb) && !IsPortable(pdb))
            return new SymbolSource(Read(path, resolver, null), "the PDB is in the Windows format");
        try
        {
            return new SymbolSource(Read(path, resolver, new DefaultSymbolReaderProvider(throwIfNoSymbol: false)), null);
        }
        catch (Exception e) when (e is SymbolsNotMatchingException or SymbolsNotFoundException)
        {
            return new SymbolSource(Read(path, resolver, null), "the PDB does not belong to this build");
        }
    }

    public void ReportDropped(RewriteLog log)
    {
        if (dropped is not null)
            log.Add(RewriterDiagnostics.SymbolsDropped, null, dropped);
    }

    /// <summary>The image and, unless they are embedded or there are none, its symbols.</summary>
    public (byte[] Image, byte[]? Symbols) Write()
    {
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        // Streams instead of files: with files Cecil would put the output's full path into the debug directory.
        var parameters = new WriterParameters { DeterministicMvid = true };
        if (Module.HasSymbols)
        {
            parameters.WriteSymbols = true;
            if (Module.SymbolReader is EmbeddedPortablePdbReader)
            {
                parameters.SymbolWriterProvider = new EmbeddedSymbols();
            }
            else
            {
                parameters.SymbolWriterProvider = new PortablePdbWriterProvider();
                parameters.SymbolStream = symbols;
            }
        }
        Module.Write(image, parameters);
        return (image.ToArray(), symbols.Length > 0 ? symbols.ToArray() : null);
    }

    public void Dispose() => Module.Dispose();

    private static ModuleDefinition Read(string path, IAssemblyResolver resolver, ISymbolReaderProvider? provider) =>
        ModuleDefinition.ReadModule(
            path,
            new ReaderParameters
            {
                AssemblyResolver = resolver,
                InMemory = true,
                ReadSymbols = provider is not null,
                SymbolReaderProvider = provider,
            }
        );

    private static bool IsPortable(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        return stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("BSJB"u8);
    }
}
