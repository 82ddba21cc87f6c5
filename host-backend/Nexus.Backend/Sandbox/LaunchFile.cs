using System.Globalization;
using System.Text;

namespace Nexus.Backend.Sandbox;

/// <summary>What a guest's first program is told: fields <c>name=value</c> that end with a zero byte (vmm/Nexus.Vmm.Init/LaunchPlan.cs reads them).</summary>
internal static class LaunchFile
{
    public static byte[] Of(SandboxSpec spec)
    {
        var text = new StringBuilder();
        Add("layer", "/dev/pmem0:/");
        Add("layer", $"/dev/pmem1:{SandboxSpec.TaskRoot}");
        Add("tmp", spec.TmpSizeMb.ToString(CultureInfo.InvariantCulture));
        Add("memory", spec.MemoryLimitMb.ToString(CultureInfo.InvariantCulture));
        Add("folder", SandboxSpec.TaskRoot);
        foreach (var word in spec.Command)
        {
            Add("word", word);
        }

        foreach (var (name, value) in GuestEnvironment.For(spec))
        {
            // Inside a machine the channel is found by the kernel's command line, not by descriptors.
            Add("env", name == "NEXUS_CHANNEL" ? "NEXUS_CHANNEL=vm" : $"{name}={value}");
        }

        return Encoding.UTF8.GetBytes(text.ToString());

        void Add(string name, string value) => text.Append(name).Append('=').Append(value).Append('\0');
    }
}
