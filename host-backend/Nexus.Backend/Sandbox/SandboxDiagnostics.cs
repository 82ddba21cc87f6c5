using Nexus.Diagnostics;

namespace Nexus.Backend.Sandbox;

/// <summary>Failures of starting, limiting and isolating function processes (NEXUS0200 to NEXUS0249).</summary>
public static class SandboxDiagnostics
{
    /// <summary>Value: the program and the system's error.</summary>
    public static readonly Diagnostic SpawnFailed = new(
        "NEXUS0200",
        "A process could not be started",
        "The system refused to start the program: it does not exist, is not executable, or a limit of processes, descriptors or memory was reached.",
        "Check that the program exists and may be executed, and run 'nexus doctor' for the host's limits."
    );

    /// <summary>Value: the places that were searched.</summary>
    public static readonly Diagnostic BubblewrapMissing = new(
        "NEXUS0201",
        "Bubblewrap was not found",
        "The process sandbox is made by the program 'bwrap', which is not on the PATH of the backend.",
        "Install the package 'bubblewrap', or choose the sandbox 'none' for debugging only."
    );

    /// <summary>Value: the path that is missing or unreadable.</summary>
    public static readonly Diagnostic MountSourceMissing = new(
        "NEXUS0202",
        "A folder that the sandbox shall show does not exist",
        "The application's folder or an extra read-only mount is not there, so the sandbox cannot be built.",
        "Check the function's path in the configuration; publish the function again if its output was removed."
    );

    /// <summary>Value: what bubblewrap wrote before it ended.</summary>
    public static readonly Diagnostic SandboxNotBuilt = new(
        "NEXUS0203",
        "The sandbox could not be built",
        "Bubblewrap ended before the function was started: the host forbids namespaces, a mount failed, or the function's program is missing.",
        "Run 'nexus doctor': it tries namespaces, limits and seccomp one by one."
    );

    /// <summary>Value: the folder or file and its mode.</summary>
    public static readonly Diagnostic NotReadableForGuest = new(
        "NEXUS0204",
        "The function's files are not readable for the sandbox",
        "Functions run as the user 'nobody' when the backend runs as root, and the application's folder is closed to that user.",
        "Give everybody read access to the folder's contents (chmod -R a+rX)."
    );

    /// <summary>Value: the controller's folder and the system's error.</summary>
    public static readonly Diagnostic LimitsNotApplied = new(
        "NEXUS0205",
        "A limit could not be applied",
        "The control group exists but refused the limit or the process.",
        "Run 'nexus doctor' for the controllers that the backend may write, and check that the memory limit is not below 16 MB."
    );

    /// <summary>Value: the places that were searched.</summary>
    public static readonly Diagnostic DotnetRootMissing = new(
        "NEXUS0206",
        "No .NET installation was found",
        "Functions that are not self-contained need the shared runtime, whose folder is mounted into the sandbox.",
        "Install the .NET runtime, or set DOTNET_ROOT to its folder."
    );

    /// <summary>Value: the path that was configured.</summary>
    public static readonly Diagnostic GuestKernelMissing = new(
        "NEXUS0210",
        "There is no kernel for virtual machines",
        "The sandbox 'vm' boots a kernel of the operator's choice, and none is configured, or the file is not there.",
        "Set 'vmKernel' to a distribution's kernel, installed (/boot/vmlinuz-VERSION) or as its package (linux-image-*.deb), or to a vmlinux or vmlinuz that has virtio-mmio, virtio-pmem, virtio-console and EROFS built in."
    );

    /// <summary>Value: the path that is missing.</summary>
    public static readonly Diagnostic MachineProgramsMissing = new(
        "NEXUS0211",
        "The programs of virtual machines are missing",
        "The monitor (nexus-vmm) and the guest's first program (nexus-init) are native programs in a folder of their own.",
        "Install the tool that './build.sh pack' makes, which carries them, or publish vmm/Nexus.Vmm.Monitor and vmm/Nexus.Vmm.Init into one folder and set 'vmPrograms' to it."
    );

    /// <summary>Value: the file and what is wrong with it.</summary>
    public static readonly Diagnostic ImageNotBuilt = new(
        "NEXUS0212",
        "The image of a virtual machine could not be built",
        "A file of the function or of the runtime cannot be part of an image: it is a device, a link to nowhere, too large, or changed meanwhile.",
        "Remove or replace the file, and publish the function again."
    );

    /// <summary>Value: the system's error.</summary>
    public static readonly Diagnostic NoVirtualization = new(
        "NEXUS0213",
        "This host has no virtual machines for the backend",
        "/dev/kvm is missing or may not be opened: virtualization is off, its module is not loaded, or the backend's user is not in the group kvm.",
        "Run 'nexus doctor'; until then use the sandbox 'process'."
    );

    /// <summary>Value: the function.</summary>
    public static readonly Diagnostic NoSnapshot = new(
        "NEXUS0214",
        "No snapshot could be taken",
        "A snapshot is taken where a Lambda handler's machine would join its channel. The function could not be made, joined the channel while it was made, or took more than 60 s.",
        "Boot the image with 'nexus vm boot', which shows what the function prints."
    );

    /// <summary>Value: the folder and what is wrong with it.</summary>
    public static readonly Diagnostic NotAnImage = new(
        "NEXUS0215",
        "The folder is not an image of a virtual machine",
        "An image is a folder made by 'nexus image build', with image.json and the files that it names; each must be as it was made.",
        "Build the image again."
    );

    /// <summary>Value: the drivers, and where they were looked for.</summary>
    public static readonly Diagnostic KernelLacksDrivers = new(
        "NEXUS0216",
        "The kernel lacks drivers that virtual machines need",
        "A guest finds its devices by virtio_mmio, wakes by virtio_console, and has its file system by virtio_pmem, nd_pmem and erofs; each must be built into the kernel or among its modules.",
        "Take another kernel: Debian's linux-image-amd64 and linux-image-cloud-amd64 have all of them. Some distributions have parts of their modules in a package of their own (linux-modules-extra-*)."
    );

    /// <summary>Value: the file and what is wrong with it.</summary>
    public static readonly Diagnostic KernelUnusable = new(
        "NEXUS0217",
        "The kernel's package or modules cannot be used",
        "A package is a linux-image-*.deb with boot/vmlinuz-* and lib/modules; modules lie in a folder with modules.builtin, and belong to exactly one kernel. Files may also be damaged, or closed to the backend's user.",
        "Download or install the package again; for a kernel of your own set 'vmModules' to the folder that 'make modules_install' made for it."
    );

    /// <summary>Value: the program, and the file that it is needed for.</summary>
    public static readonly Diagnostic UnpackerMissing = new(
        "NEXUS0218",
        "A program that unpacks the kernel is missing",
        "Packages are unpacked by dpkg-deb, modules that a distribution has packed by xz or zstd.",
        "Install the program's package (dpkg, xz-utils or zstd), or unpack the file elsewhere and set 'vmKernel' to its boot/vmlinuz-*."
    );

    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        SpawnFailed,
        BubblewrapMissing,
        MountSourceMissing,
        SandboxNotBuilt,
        NotReadableForGuest,
        LimitsNotApplied,
        DotnetRootMissing,
        GuestKernelMissing,
        MachineProgramsMissing,
        ImageNotBuilt,
        NoVirtualization,
        NoSnapshot,
        NotAnImage,
        KernelLacksDrivers,
        KernelUnusable,
        UnpackerMissing,
    ];
}
