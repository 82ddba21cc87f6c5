using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>The guest's file systems (mount(2)).</summary>
internal static class Mounts
{
    private const string Root = "/root";
    private const int MostMillisecondsForDevices = 10_000;
    private static readonly string[] Kernel = ["/proc", "/sys", "/dev"];

    /// <summary>proc, sysfs and devtmpfs.</summary>
    public static void ShowKernel()
    {
        string[] types = ["proc", "sysfs", "devtmpfs"];
        for (var i = 0; i < Kernel.Length; i++)
        {
            Directory.CreateDirectory(Kernel[i]);
            InitNative.Mount(types[i], Kernel[i], types[i], MountFlags.None, "");
        }
    }

    /// <summary>Puts the images together and makes them the root; what the initial file system held stays below, out of reach.</summary>
    public static void EnterRoot(LaunchPlan plan)
    {
        Directory.CreateDirectory(Root);
        foreach (var (device, folder) in plan.Layers)
        {
            WaitFor(device);
            MountImage(device, Root + folder.TrimEnd('/'));
        }

        InitNative.Mount("tmp", Root + "/tmp", "tmpfs", MountFlags.NoSuid | MountFlags.NoDevices, $"mode=1777,size={plan.TmpMib}m");
        foreach (var folder in Kernel)
        {
            InitNative.Mount(folder, Root + folder, "", MountFlags.Move, "");
        }

        InitNative.ChangeFolder(Root);
        InitNative.Mount(".", "/", "", MountFlags.Move, "");
        InitNative.ChangeRoot(".");
        InitNative.ChangeFolder(plan.Folder);
    }

    /// <summary>The kernel finds devices while this program already runs.</summary>
    private static void WaitFor(string device)
    {
        for (var waited = 0; !File.Exists(device) && waited < MostMillisecondsForDevices; waited++)
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>With direct access where device and kernel can: the pages are then the host's page cache and not copied into the guest.</summary>
    private static void MountImage(string device, string folder)
    {
        for (var waited = 0; !InitNative.TryMount(device, folder, "erofs", MountFlags.ReadOnly, "dax=always"); waited++)
        {
            if (InitNative.TryMount(device, folder, "erofs", MountFlags.ReadOnly, ""))
            {
                return;
            }

            // A device has its name a moment before it can be opened.
            if (!InitNative.LastWasNoSuchDevice || waited == MostMillisecondsForDevices)
            {
                InitNative.Mount(device, folder, "erofs", MountFlags.ReadOnly, "");
                return;
            }

            Thread.Sleep(1);
        }
    }
}
