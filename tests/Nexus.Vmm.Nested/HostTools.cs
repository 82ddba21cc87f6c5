namespace Nexus.Vmm.Nested;

/// <summary>The programs of the distribution that the emulated machine needs.</summary>
internal static class HostTools
{
    private static readonly (string Program, string Package)[] Needed =
    [
        ("qemu-system-x86_64", "qemu-system-x86"),
        ("lz4", "lz4"),
        ("dpkg-deb", "dpkg"),
        ("apt-get", "apt"),
        ("bwrap", "bubblewrap"),
    ];

    /// <summary>Installs what is missing where that is possible; false after saying what to do.</summary>
    public static bool Ensure()
    {
        var missing = Needed.Where(static n => !Tool.Exists(n.Program)).Select(static n => n.Package).ToArray();
        if (missing.Length == 0)
        {
            return true;
        }

        if (Environment.UserName == "root" && Tool.Exists("apt-get"))
        {
            _ = Tool.Run("apt-get", "/", "update", "-q");
            if (Tool.Run("apt-get", "/", ["install", "-y", "-q", "--no-install-recommends", .. missing]) is not null)
            {
                return true;
            }
        }

        Console.Error.WriteLine(
            $"error: this needs the Debian packages {string.Join(", ", missing)}\n       sudo apt-get install {string.Join(' ', missing)}"
        );
        return false;
    }
}
