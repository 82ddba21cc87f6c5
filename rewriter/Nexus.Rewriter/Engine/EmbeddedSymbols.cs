using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Nexus.Rewriter;

/// <summary>Cecil's writer of embedded symbols asks for a file name even when a stream is written; any will do.</summary>
internal sealed class EmbeddedSymbols : ISymbolWriterProvider
{
    private readonly EmbeddedPortablePdbWriterProvider inner = new();

    public ISymbolWriter GetSymbolWriter(ModuleDefinition module, string fileName) => inner.GetSymbolWriter(module, module.Name);

    public ISymbolWriter GetSymbolWriter(ModuleDefinition module, Stream symbolStream) => inner.GetSymbolWriter(module, symbolStream);
}
