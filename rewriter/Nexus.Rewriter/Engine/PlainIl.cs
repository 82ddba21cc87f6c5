using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Turns the headers of a ReadyToRun image into those of the IL image it was compiled from; the native code is left behind when writing.</summary>
internal static class PlainIl
{
    // CorFlags.ILLibrary: set by the ReadyToRun compiler, unknown to Cecil.
    private const ModuleAttributes IlLibrary = (ModuleAttributes)4;

    public static void Convert(ModuleDefinition module)
    {
        // The machine of such an image is mixed with its operating system (0x8664 ^ 0x7b79 for Linux); its IL runs on any.
        module.Architecture = TargetArchitecture.I386;
        module.Attributes = (module.Attributes & ~IlLibrary) | ModuleAttributes.ILOnly;
    }
}
