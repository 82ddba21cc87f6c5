using System.Runtime.InteropServices;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// The guest's system call filter: an allow-list. What is not on it does not exist (ENOSYS), so that libraries take their older path; what is
/// dangerous is refused (EPERM). The kernel caches the verdict of numbers that are always allowed, so the length of the list costs nothing.
/// </summary>
internal static class SeccompFilter
{
    // struct seccomp_data: nr, arch, instruction_pointer (64 bits), args[6] (64 bits each, low word first).
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgument = 16;
    private const uint SecondArgument = 24;
    private const uint ThirdArgument = 32;

    private const uint X64 = 0xC000003E;
    private const uint KillProcess = 0x80000000;
    private const uint Allow = 0x7FFF0000;
    private const uint Errno = 0x00050000;
    private const uint NotPermitted = Errno | 1;
    private const uint AccessDenied = Errno | 13;
    private const uint NotImplemented = Errno | 38;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. clone3 hides its flags behind a pointer and is ENOSYS: the C library then uses clone.
    private const uint NamespaceFlags = 0x7E020000;

    // TIOCSTI types into the terminal, TIOCLINUX pastes into it.
    private const uint TerminalInput = 0x5412;
    private const uint ConsolePaste = 0x541C;

    // The guest shares the doorbells' open file descriptions with the backend: one that it made blocking and filled up would hang the node.
    private const uint SetFlags = 4;
    private const uint NonBlocking = 0x800;
    private const uint SetNonBlocking = 0x5421;

    // AF_INET, AF_INET6, SOCK_STREAM below its flags.
    private const uint InternetFamily = 2;
    private const uint Internet6Family = 10;
    private const uint Stream = 1;
    private const uint TypeMask = 0xF;

    // IPPROTO_IP, IPPROTO_TCP: any other stream (SCTP, MPTCP) would load a module of the host's kernel.
    private const uint DefaultProtocol = 0;
    private const uint TcpProtocol = 6;

    // SOL_SOCKET: SO_REUSEADDR, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO; IPPROTO_TCP: TCP_NODELAY, KEEPIDLE, KEEPINTVL, KEEPCNT; IPPROTO_IPV6: V6ONLY.
    private const uint SocketLevel = 1;
    private const uint ErrorOption = 4;
    private static readonly (uint Level, uint Name)[] SettableOptions =
    [
        (SocketLevel, 2),
        (SocketLevel, 7),
        (SocketLevel, 8),
        (SocketLevel, 9),
        (SocketLevel, 13),
        (SocketLevel, 20),
        (SocketLevel, 21),
        (6, 1),
        (6, 4),
        (6, 5),
        (6, 6),
        (41, 26),
    ];

    /// <summary>Whether this machine's system calls are the ones listed.</summary>
    public static bool IsSupported => RuntimeInformation.OSArchitecture == Architecture.X64;

    public static byte[] Build(bool allowNetwork)
    {
        var program = new BpfProgram().Load(ArchitectureOffset).ReturnUnless(X64, KillProcess).Load(NumberOffset);
        foreach (var (_, number) in SystemCalls.Allowed)
        {
            program.ReturnIf(number, Allow);
        }

        if (!allowNetwork)
        {
            Unconnected(program);
        }

        foreach (var (_, number) in SystemCalls.Network)
        {
            program.ReturnIf(number, allowNetwork ? Allow : AccessDenied);
        }

        foreach (var (_, number) in SystemCalls.Refused)
        {
            program.ReturnIf(number, NotPermitted);
        }

        return program
            .When(SystemCalls.Clone, body => body.Load(FirstArgument).Mask(NamespaceFlags).ReturnIf(0, Allow).ReturnAlways(NotPermitted))
            .When(
                SystemCalls.Ioctl,
                body =>
                    body.Load(SecondArgument)
                        .ReturnIf(TerminalInput, NotPermitted)
                        .ReturnIf(ConsolePaste, NotPermitted)
                        .ReturnIf(SetNonBlocking, NotPermitted)
                        .ReturnAlways(Allow)
            )
            .When(
                SystemCalls.Fcntl,
                body =>
                    body.Load(SecondArgument)
                        .When(SetFlags, flags => flags.Load(ThirdArgument).Mask(NonBlocking).ReturnIf(0, NotPermitted).ReturnAlways(Allow))
                        .ReturnAlways(Allow)
            )
            .ReturnAlways(NotImplemented)
            .ToArray();
    }

    /// <summary>A TCP socket that can be made and prepared, but neither connected nor bound.</summary>
    private static void Unconnected(BpfProgram program) =>
        program
            .When(
                SystemCalls.Socket,
                body =>
                {
                    body.Load(FirstArgument);
                    foreach (var family in (uint[])[InternetFamily, Internet6Family])
                    {
                        body.When(
                            family,
                            type =>
                                type.Load(SecondArgument)
                                    .Mask(TypeMask)
                                    .ReturnUnless(Stream, AccessDenied)
                                    .Load(ThirdArgument)
                                    .ReturnIf(DefaultProtocol, Allow)
                                    .ReturnIf(TcpProtocol, Allow)
                                    .ReturnAlways(AccessDenied)
                        );
                    }

                    body.ReturnAlways(AccessDenied);
                }
            )
            .When(SystemCalls.SetSocketOption, static body => Options(body, SettableOptions))
            .When(SystemCalls.GetSocketOption, static body => Options(body, SettableOptions.Append((SocketLevel, ErrorOption))));

    private static void Options(BpfProgram body, IEnumerable<(uint Level, uint Name)> options)
    {
        body.Load(SecondArgument);
        foreach (var level in options.GroupBy(static option => option.Level))
        {
            body.When(
                level.Key,
                names =>
                {
                    names.Load(ThirdArgument);
                    foreach (var (_, name) in level)
                    {
                        names.ReturnIf(name, Allow);
                    }

                    names.ReturnAlways(AccessDenied);
                }
            );
        }

        body.ReturnAlways(AccessDenied);
    }
}
