namespace Nexus.Vmm.TestInit;

/// <summary>The kernel's command line.</summary>
internal sealed class KernelParameters(string text)
{
    private readonly string[] _words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static KernelParameters Read() => new(File.ReadAllText("/proc/cmdline").TrimEnd());

    /// <summary>The value of <c>name=value</c>; null if it is not there.</summary>
    public string? Get(string name) =>
        Array.Find(_words, w => w.StartsWith(name + "=", StringComparison.Ordinal)) is { } word ? word[(name.Length + 1)..] : null;
}
