using System.Globalization;

namespace Nexus.Vmm.Init;

/// <summary>The kernel's command line.</summary>
internal sealed class KernelParameters(string text)
{
    private readonly string[] _words = text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    public static KernelParameters Read() => new(File.ReadAllText("/proc/cmdline"));

    /// <summary>The value of <c>name=0x...</c>; null if there is none.</summary>
    public ulong? Address(string name)
    {
        var prefix = name + "=0x";
        return
            Array.Find(_words, word => word.StartsWith(prefix, StringComparison.Ordinal)) is { } word
            && ulong.TryParse(word.AsSpan(prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address)
            ? address
            : null;
    }
}
