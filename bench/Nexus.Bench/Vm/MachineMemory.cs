using System.Globalization;

namespace Nexus.Bench.Vm;

/// <summary>PSS of a monitor's mappings (proc_pid_smaps(5)), by whose they are.</summary>
/// <param name="Own">The monitor's own: code, heap, stacks.</param>
/// <param name="OwnPrivateDirty">Of that, what nobody shares and nobody could read again.</param>
/// <param name="Guest">What the guest sees: its memory, the images, the channel.</param>
internal sealed record MachineMemory(double Own, double OwnPrivateDirty, double Guest)
{
    // The names of what is mapped for a guest: memfds of its memory, booted or frozen, its region, and the images.
    private static readonly string[] s_guestNames = ["/memfd:", ".erofs"];

    /// <summary>In MiB.</summary>
    public static MachineMemory Of(int process)
    {
        var (own, dirty, guest) = (0L, 0L, 0L);
        var isGuest = false;
        foreach (var line in File.ReadLines($"/proc/{process}/smaps"))
        {
            if (!line.Contains(" kB", StringComparison.Ordinal) && line.Contains('-', StringComparison.Ordinal))
            {
                isGuest = s_guestNames.Any(name => line.Contains(name, StringComparison.Ordinal));
            }
            else if (Kilobytes(line, "Pss:") is { } pss)
            {
                (own, guest) = isGuest ? (own, guest + pss) : (own + pss, guest);
            }
            else if (!isGuest && Kilobytes(line, "Private_Dirty:") is { } amount)
            {
                dirty += amount;
            }
        }

        return new MachineMemory(own / 1024.0, dirty / 1024.0, guest / 1024.0);
    }

    private static long? Kilobytes(string line, string field) =>
        line.StartsWith(field, StringComparison.Ordinal)
            ? long.Parse(line.AsSpan(field.Length, line.Length - field.Length - 2).Trim(), CultureInfo.InvariantCulture)
            : null;
}
