using System.Globalization;
using System.Text;

namespace Nexus.Vmm.Interop;

/// <summary>What this process has of its host's memory (proc_pid_statm(5)); the kernel counts it as it goes, to within a few pages.</summary>
internal static class ResidentMemory
{
    /// <summary>All of it.</summary>
    public static long Bytes() => Read().Resident;

    /// <summary>Without what is of files or shared with others.</summary>
    public static long PrivateBytes()
    {
        var (resident, shared) = Read();
        return resident - shared;
    }

    private static (long Resident, long Shared) Read()
    {
        using var file = OwnedDescriptor.OpenRead("/proc/self/statm");
        var text = new byte[128];
        var fields = Encoding.ASCII.GetString(text, 0, file.ReadAt(text, 0)).Split(' ');
        return (Pages(fields[1]), Pages(fields[2]));

        static long Pages(string field) => long.Parse(field, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
