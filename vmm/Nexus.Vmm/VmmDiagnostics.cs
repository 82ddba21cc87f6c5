using Nexus.Diagnostics;

namespace Nexus.Vmm;

/// <summary>Known failures of virtual machines, NEXUS0900 to NEXUS0999.</summary>
public static class VmmDiagnostics
{
    public static readonly Diagnostic NoKvm = new(
        "NEXUS0900",
        "This machine offers no virtualization to programs",
        "/dev/kvm does not exist: the processor or the hypervisor around this machine has virtualization off, or the kvm module is not loaded.",
        "Load kvm_intel or kvm_amd, enable nested virtualization, or use the process sandbox."
    );

    public static readonly Diagnostic NoKvmPermission = new(
        "NEXUS0901",
        "/dev/kvm may not be opened by this user",
        "The device belongs to root and, on most distributions, to the group kvm.",
        "Add the user to the group kvm and log in again."
    );

    public static readonly Diagnostic KvmTooOld = new(
        "NEXUS0902",
        "The kernel's KVM lacks something the monitor needs",
        "The API version is not 12, or a capability is missing.",
        "Use Linux 5.10 or later on x86-64."
    );

    public static readonly Diagnostic KvmCallFailed = new(
        "NEXUS0903",
        "A call to KVM failed",
        "The kernel refused an operation on the virtual machine; the value names the call and its error.",
        "Look at the kernel log; if memory ran out, start fewer virtual machines."
    );

    public static readonly Diagnostic NotAKernel = new(
        "NEXUS0910",
        "The file is not a kernel that can be booted",
        "It is neither a 64-bit x86 ELF kernel nor a bzImage with the 64-bit boot protocol (2.12), or it is damaged.",
        "Give the vmlinuz or vmlinux of a 64-bit distribution kernel."
    );

    public static readonly Diagnostic TooLittleMemory = new(
        "NEXUS0911",
        "The virtual machine has too little memory for what is loaded into it",
        "Kernel, initial file system, boot data and 16 MiB to work with have to fit.",
        "Give it more memory, or a smaller initial file system."
    );

    public static readonly Diagnostic BadMachine = new(
        "NEXUS0912",
        "The virtual machine's settings contradict themselves",
        "A size is out of its range, or something is given twice.",
        "Correct the setting named in the message."
    );

    public static readonly Diagnostic BadDisk = new(
        "NEXUS0913",
        "The disk image cannot be used",
        "It is empty, or its size is not a multiple of 512 bytes.",
        "Build the image again."
    );

    public static readonly Diagnostic GuestViolation = new(
        "NEXUS0920",
        "The guest broke a device's rules and was ended",
        "A descriptor, an index or a length was outside what the device allows. The monitor ends such a machine and trusts nothing it wrote.",
        "If the guest kernel is an ordinary one, report this with the value shown."
    );

    public static readonly Diagnostic GuestCrashed = new(
        "NEXUS0921",
        "The guest's processor stopped",
        "A triple fault, or a state the processor refuses to run: the kernel is damaged, or not one for this kind of machine.",
        "Look at the guest's console output; start the kernel without 'quiet'."
    );

    public static readonly Diagnostic GuestPanicked = new(
        "NEXUS0922",
        "The guest's kernel panicked",
        "The kernel found no init program or file system, ran out of memory, or met an error it could not go on from.",
        "The guest's console output names the reason."
    );

    public static readonly Diagnostic GuestTimedOut = new(
        "NEXUS0923",
        "The guest did not finish in its time",
        "It hangs, spins, or has more to do than the time it was given.",
        "Look at the guest's console output; raise the time if it was only slow."
    );

    public static readonly Diagnostic NotASnapshot = new(
        "NEXUS0930",
        "The file is not a snapshot",
        "It does not begin as a snapshot does, or it was cut short.",
        "Make the snapshot again."
    );

    public static readonly Diagnostic SnapshotAltered = new(
        "NEXUS0931",
        "The snapshot was altered, or is authenticated with another key",
        "A code over its contents does not fit the contents. Nothing of it was used.",
        "Make the snapshot again with this node's key."
    );

    public static readonly Diagnostic SnapshotOfOtherVersion = new(
        "NEXUS0932",
        "The snapshot was made by another version of the monitor",
        "The format is not readable across versions: a machine's state is restored exactly or not at all.",
        "Make the snapshot again with this version."
    );

    public static readonly Diagnostic SnapshotOfOtherCpu = new(
        "NEXUS0933",
        "The snapshot was made on another kind of processor",
        "A guest remembers what its processor can do; restored elsewhere it would fail in ways that are hard to see.",
        "Make the snapshot again on this kind of machine."
    );

    public static readonly Diagnostic SnapshotMismatch = new(
        "NEXUS0934",
        "The snapshot does not fit the machine it is restored into",
        "The devices or the memory size given now are not those the snapshot was made with.",
        "Restore with the same devices, images and sizes."
    );

    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        NoKvm,
        NoKvmPermission,
        KvmTooOld,
        KvmCallFailed,
        NotAKernel,
        TooLittleMemory,
        BadMachine,
        BadDisk,
        GuestViolation,
        GuestCrashed,
        GuestPanicked,
        GuestTimedOut,
        NotASnapshot,
        SnapshotAltered,
        SnapshotOfOtherVersion,
        SnapshotOfOtherCpu,
        SnapshotMismatch,
    ];
}
