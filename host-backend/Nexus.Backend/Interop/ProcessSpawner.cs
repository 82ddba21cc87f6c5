using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Interop;

/// <summary>
/// Starts programs by posix_spawn(3) with file actions. <see cref="System.Diagnostics.Process"/> cannot pass descriptors above 2, and
/// making them inheritable by hand would give them to every other start that happens at the same time.
/// </summary>
internal static unsafe class ProcessSpawner
{
    // sizeof(posix_spawnattr_t) is 336, of posix_spawn_file_actions_t 80, of sigset_t 128, with glibc and musl alike.
    private const int StructureSize = 512;
    private const short SetSignalDefaults = 4;
    private const short SetSignalMask = 8;
    private const short SetSession = 0x80;

    private static readonly bool s_closesInChild = NativeLibrary.TryGetExport(
        NativeLibrary.GetMainProgramHandle(),
        "posix_spawn_file_actions_addclosefrom_np",
        out _
    );

    /// <summary>Starts the program in a session of its own, with default signal handling and no descriptors but those asked for.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0200: the system refused.</exception>
    public static SpawnedProcess Start(SpawnRequest request)
    {
        var held = new List<SafeHandle>();
        var output = Stream.Null;
        var error = Stream.Null;
        try
        {
            var descriptors = new Dictionary<int, SafeHandle>(request.Descriptors);
            if (request.CaptureOutput)
            {
                output = Capture(descriptors, 1, held);
                error = Capture(descriptors, 2, held);
            }

            if (!s_closesInChild)
            {
                // The best that such a C library offers: what another thread opens from here on may still be inherited.
                _ = Native.MarkCloseOnExec(3);
            }

            var pid = Spawn(request, Lift(descriptors, held));
            var process = new SpawnedProcess(pid, Open(pid), output, error);
            ExitWatcher.Watch(process);
            return process;
        }
        catch (Win32Exception e)
        {
            output.Dispose();
            error.Dispose();
            throw SandboxDiagnostics.SpawnFailed.With($"{request.Path}: {e.Message}", e);
        }
        finally
        {
            held.ForEach(handle => handle.Dispose());
        }
    }

    private static PidFd Open(int pid)
    {
        try
        {
            return PidFd.Open(pid);
        }
        catch (Win32Exception)
        {
            // No descriptor left to watch it by: it must not run on unseen.
            _ = Native.Kill(pid, Native.SigKill);
            ExitWatcher.CollectById(pid);
            throw;
        }
    }

    private static Stream Capture(Dictionary<int, SafeHandle> descriptors, int number, List<SafeHandle> held)
    {
        var (read, write) = Descriptors.Pipe();
        held.Add(write);
        descriptors[number] = write;
        return Descriptors.Reader(read);
    }

    // The child's dup2 calls run one after another; sources above every target cannot be overwritten by an earlier one.
    private static Dictionary<int, int> Lift(Dictionary<int, SafeHandle> descriptors, List<SafeHandle> held)
    {
        var minimum = Math.Max(3, descriptors.Keys.DefaultIfEmpty().Max() + 1);
        var lifted = new Dictionary<int, int>();
        foreach (var (target, source) in descriptors)
        {
            SafeFileHandle copy = Descriptors.Duplicate(source, minimum);
            held.Add(copy);
            lifted[target] = (int)copy.DangerousGetHandle();
        }

        return lifted;
    }

    private static int Spawn(SpawnRequest request, Dictionary<int, int> descriptors)
    {
        var actions = stackalloc byte[StructureSize];
        var attributes = stackalloc byte[StructureSize];
        var signals = stackalloc byte[128];
        using var arguments = new Utf8Array(request.Arguments);
        using var environment = new Utf8Array(request.Environment);
        Check(Native.FileActionsInit(actions), "posix_spawn_file_actions_init");
        Check(Native.AttributesInit(attributes), "posix_spawnattr_init");
        try
        {
            // The runtime ignores SIGPIPE, and ignored signals outlive execve.
            _ = Native.SigFillSet(signals);
            Check(Native.AttributesSetSigDefault(attributes, signals), "posix_spawnattr_setsigdefault");
            _ = Native.SigEmptySet(signals);
            Check(Native.AttributesSetSigMask(attributes, signals), "posix_spawnattr_setsigmask");
            Check(Native.AttributesSetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession), "posix_spawnattr_setflags");
            if (!descriptors.ContainsKey(0))
            {
                Check(Native.FileActionsAddOpen(actions, 0, "/dev/null", 0, 0), "posix_spawn_file_actions_addopen");
            }

            foreach (var (target, source) in descriptors)
            {
                Check(Native.FileActionsAddDup2(actions, source, target), "posix_spawn_file_actions_adddup2");
            }

            if (s_closesInChild)
            {
                CloseOthers(actions, descriptors.Keys);
            }

            Check(Native.PosixSpawn(out var pid, request.Path, actions, attributes, arguments.Pointer, environment.Pointer), "posix_spawn");
            return pid;
        }
        finally
        {
            _ = Native.FileActionsDestroy(actions);
            _ = Native.AttributesDestroy(attributes);
        }
    }

    // Whatever our own parent, a native library or the runtime itself (which reads its control group's files so) holds or opens
    // inheritable at this moment ends in the child, before the program starts.
    private static void CloseOthers(byte* actions, IReadOnlyCollection<int> kept)
    {
        var end = Math.Max(3, kept.DefaultIfEmpty().Max() + 1);
        for (var descriptor = 3; descriptor < end; descriptor++)
        {
            if (!kept.Contains(descriptor))
            {
                Check(Native.FileActionsAddClose(actions, descriptor), "posix_spawn_file_actions_addclose");
            }
        }

        Check(Native.FileActionsAddCloseFrom(actions, end), "posix_spawn_file_actions_addclosefrom_np");
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"{call}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
