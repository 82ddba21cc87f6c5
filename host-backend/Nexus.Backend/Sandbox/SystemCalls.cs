namespace Nexus.Backend.Sandbox;

/// <summary>
/// The x86-64 system calls a guest may use (asm/unistd_64.h). The list is what the .NET runtimes, the C library and ordinary shell tools use;
/// setuid and capability calls are there for the step that gives up root, and fail without capabilities afterwards.
/// </summary>
internal static class SystemCalls
{
    public const uint Ioctl = 16;
    public const uint Socket = 41;
    public const uint SetSocketOption = 54;
    public const uint GetSocketOption = 55;
    public const uint Clone = 56;
    public const uint Fcntl = 72;

    /// <summary>
    /// Answered with EACCES unless the network is allowed: an error every program understands. Of three of them a TCP socket that never connects is let through, so that what
    /// fails is the connecting, which names the place.
    /// </summary>
    // csharpier-ignore
    public static readonly (string Name, uint Number)[] Network =
    [
        ("socket", 41), ("connect", 42), ("accept", 43), ("sendto", 44), ("recvfrom", 45), ("sendmsg", 46), ("recvmsg", 47),
        ("shutdown", 48), ("bind", 49), ("listen", 50), ("getsockname", 51), ("getpeername", 52), ("socketpair", 53), ("setsockopt", 54),
        ("getsockopt", 55), ("accept4", 288), ("recvmmsg", 299), ("sendmmsg", 307)
    ];

    /// <summary>Answered with EPERM instead of ENOSYS: they exist, and are refused.</summary>
    // csharpier-ignore
    public static readonly (string Name, uint Number)[] Refused =
    [
        ("ptrace", 101), ("pivot_root", 155), ("chroot", 161), ("mount", 165), ("umount2", 166), ("swapon", 167), ("reboot", 169),
        ("init_module", 175), ("delete_module", 176), ("kexec_load", 246), ("add_key", 248), ("request_key", 249), ("keyctl", 250),
        ("unshare", 272), ("perf_event_open", 298), ("open_by_handle_at", 304), ("setns", 308), ("process_vm_readv", 310),
        ("process_vm_writev", 311), ("finit_module", 313), ("kexec_file_load", 320), ("bpf", 321), ("userfaultfd", 323),
        ("io_uring_setup", 425), ("io_uring_enter", 426), ("io_uring_register", 427), ("open_tree", 428), ("move_mount", 429),
        ("fsopen", 430), ("fsmount", 432), ("pidfd_open", 434), ("pidfd_getfd", 438), ("mount_setattr", 442)
    ];

    // csharpier-ignore
    public static readonly (string Name, uint Number)[] Allowed =
    [
        ("read", 0), ("write", 1), ("open", 2), ("close", 3), ("stat", 4), ("fstat", 5), ("lstat", 6), ("poll", 7), ("lseek", 8),
        ("mmap", 9), ("mprotect", 10), ("munmap", 11), ("brk", 12), ("rt_sigaction", 13), ("rt_sigprocmask", 14), ("rt_sigreturn", 15),
        ("pread64", 17), ("pwrite64", 18), ("readv", 19), ("writev", 20), ("access", 21), ("pipe", 22), ("select", 23),
        ("sched_yield", 24), ("mremap", 25), ("msync", 26), ("mincore", 27), ("madvise", 28), ("dup", 32), ("dup2", 33), ("pause", 34),
        ("nanosleep", 35), ("getitimer", 36), ("alarm", 37), ("setitimer", 38), ("getpid", 39), ("sendfile", 40), ("fork", 57),
        ("vfork", 58), ("execve", 59), ("exit", 60), ("wait4", 61), ("kill", 62), ("uname", 63), ("flock", 73),
        ("fsync", 74), ("fdatasync", 75), ("truncate", 76), ("ftruncate", 77), ("getdents", 78), ("getcwd", 79), ("chdir", 80),
        ("fchdir", 81), ("rename", 82), ("mkdir", 83), ("rmdir", 84), ("creat", 85), ("link", 86), ("unlink", 87), ("symlink", 88),
        ("readlink", 89), ("chmod", 90), ("fchmod", 91), ("chown", 92), ("fchown", 93), ("lchown", 94), ("umask", 95),
        ("gettimeofday", 96), ("getrlimit", 97), ("getrusage", 98), ("sysinfo", 99), ("times", 100), ("getuid", 102), ("getgid", 104),
        ("setuid", 105), ("setgid", 106), ("geteuid", 107), ("getegid", 108), ("setpgid", 109), ("getppid", 110), ("getpgrp", 111),
        ("setsid", 112), ("setreuid", 113), ("setregid", 114), ("getgroups", 115), ("setgroups", 116), ("setresuid", 117),
        ("getresuid", 118), ("setresgid", 119), ("getresgid", 120), ("getpgid", 121), ("setfsuid", 122), ("setfsgid", 123),
        ("getsid", 124), ("capget", 125), ("capset", 126), ("rt_sigpending", 127), ("rt_sigtimedwait", 128), ("rt_sigqueueinfo", 129),
        ("rt_sigsuspend", 130), ("sigaltstack", 131), ("utime", 132), ("statfs", 137), ("fstatfs", 138), ("getpriority", 140),
        ("setpriority", 141), ("sched_setparam", 142), ("sched_getparam", 143), ("sched_setscheduler", 144), ("sched_getscheduler", 145),
        ("sched_get_priority_max", 146), ("sched_get_priority_min", 147), ("sched_rr_get_interval", 148), ("mlock", 149),
        ("munlock", 150), ("mlockall", 151), ("munlockall", 152), ("prctl", 157), ("arch_prctl", 158), ("setrlimit", 160),
        ("gettid", 186), ("readahead", 187), ("setxattr", 188), ("lsetxattr", 189), ("fsetxattr", 190), ("getxattr", 191),
        ("lgetxattr", 192), ("fgetxattr", 193), ("listxattr", 194), ("llistxattr", 195), ("flistxattr", 196), ("removexattr", 197),
        ("lremovexattr", 198), ("fremovexattr", 199), ("tkill", 200), ("time", 201), ("futex", 202), ("sched_setaffinity", 203),
        ("sched_getaffinity", 204), ("epoll_create", 213), ("getdents64", 217), ("set_tid_address", 218), ("restart_syscall", 219),
        ("fadvise64", 221), ("timer_create", 222), ("timer_settime", 223), ("timer_gettime", 224), ("timer_getoverrun", 225),
        ("timer_delete", 226), ("clock_gettime", 228), ("clock_getres", 229), ("clock_nanosleep", 230), ("exit_group", 231),
        ("epoll_wait", 232), ("epoll_ctl", 233), ("tgkill", 234), ("utimes", 235), ("mbind", 237), ("set_mempolicy", 238),
        ("get_mempolicy", 239), ("waitid", 247), ("inotify_init", 253), ("inotify_add_watch", 254), ("inotify_rm_watch", 255),
        ("openat", 257), ("mkdirat", 258), ("fchownat", 260), ("futimesat", 261), ("newfstatat", 262), ("unlinkat", 263),
        ("renameat", 264), ("linkat", 265), ("symlinkat", 266), ("readlinkat", 267), ("fchmodat", 268), ("faccessat", 269),
        ("pselect6", 270), ("ppoll", 271), ("set_robust_list", 273), ("get_robust_list", 274), ("splice", 275), ("tee", 276),
        ("sync_file_range", 277), ("utimensat", 280), ("epoll_pwait", 281), ("signalfd", 282), ("timerfd_create", 283), ("eventfd", 284),
        ("fallocate", 285), ("timerfd_settime", 286), ("timerfd_gettime", 287), ("signalfd4", 289), ("eventfd2", 290),
        ("epoll_create1", 291), ("dup3", 292), ("pipe2", 293), ("inotify_init1", 294), ("preadv", 295), ("pwritev", 296),
        ("rt_tgsigqueueinfo", 297), ("prlimit64", 302), ("getcpu", 309), ("sched_setattr", 314), ("sched_getattr", 315),
        ("renameat2", 316), ("getrandom", 318), ("memfd_create", 319), ("membarrier", 324), ("mlock2", 325), ("copy_file_range", 326),
        ("preadv2", 327), ("pwritev2", 328), ("statx", 332), ("rseq", 334), ("close_range", 436), ("openat2", 437), ("faccessat2", 439),
        ("epoll_pwait2", 441), ("futex_waitv", 449), ("fchmodat2", 452)
    ];
}
