using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nexus.Sandbox.Tests;

/// <summary>What a sandboxed .NET program tries, one line of output per finding.</summary>
internal static class GuestMain
{
    private const string FilePath = "/tmp/large";

    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["report"]:
                Report();
                return 0;
            case ["descriptors"]:
                return CopyThroughDescriptors();
            case ["eat", var megabytes]:
                return Eat(int.Parse(megabytes, CultureInfo.InvariantCulture));
            case ["fill", var megabytes]:
                Try("filled", () => Fill(int.Parse(megabytes, CultureInfo.InvariantCulture)));
                Try("space again", () => File.Delete(FilePath));
                Try("small", () => File.WriteAllBytes(FilePath, new byte[1 << 20]));
                return 0;
            case ["burn", var milliseconds]:
                Burn(TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture)));
                return 0;
            case ["backend"]:
                BackendAsync().GetAwaiter().GetResult();
                return 0;
            case ["hello"]:
                Console.WriteLine("hello");
                return 0;
            case ["tree", var folder]:
                Say("tree", TreeText.Of(folder));
                return 0;
            case ["kill"]:
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
                return 0;
            case ["abort"]:
                Environment.FailFast("on purpose");
                return 0;
            default:
                return 64;
        }
    }

    // The part of a backend in the test that kills it: starts a guest that answers a second later through descriptor 5 of this process.
    private static async Task BackendAsync()
    {
        using var answer = new SafeFileHandle(5, ownsHandle: false);
        var spec = Guests.Shell("sleep 1; echo alive >&3; exec 3>&-") with
        {
            Descriptors = new Dictionary<int, SafeHandle> { [3] = answer },
        };
        await Guests.Bubblewrap().StartAsync(spec, default);
        Console.WriteLine("started");
        await Task.Delay(Timeout.Infinite);
    }

    private static void Report()
    {
        Try("socket", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose());
        Try("datagrams", () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp).Dispose());
        Try("listener", () => TcpListener.Create(0).Start());
        Try("connection", () => new TcpClient { NoDelay = true }.Connect("127.0.0.1", 9));
        Try("unix socket", () => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Dispose());
        Try("interfaces", () => _ = NetworkInterface.GetAllNetworkInterfaces());
        Try("app write", () => File.WriteAllText("/var/task/new", "x"));
        Try("tmp write", () => File.WriteAllText(Path.Combine(Path.GetTempPath(), "new"), "x"));
        Try("child", () => Process.Start(new ProcessStartInfo("/bin/true") { UseShellExecute = false })!.WaitForExit());
        Try("threads", () => Parallel.For(0, 16, _ => Thread.Sleep(1)));
        Try("watch", () => new FileSystemWatcher("/tmp") { EnableRaisingEvents = true }.Dispose());
        Try("crypto", () => _ = System.Security.Cryptography.SHA256.HashData(new byte[10]));
        Say("links", File.ReadAllLines("/proc/net/dev").Length - 2);
        Say("heap limit", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        Say("processors", Environment.ProcessorCount);
        Say("processes", Directory.GetDirectories("/proc").Count(path => int.TryParse(Path.GetFileName(path), out _)));
        Say("CapEff", Status("CapEff"));
        Say("NoNewPrivs", Status("NoNewPrivs"));
        Say("Seccomp", Status("Seccomp"));
    }

    private static int CopyThroughDescriptors()
    {
        using var source = new SafeFileHandle(3, ownsHandle: false);
        using var target = new FileStream(new SafeFileHandle(4, ownsHandle: false), FileAccess.Write, 0);
        var buffer = new byte[64];
        var count = RandomAccess.Read(source, buffer, 0);
        target.Write(buffer, 0, count);
        return count;
    }

    // Outside the managed heap, whose own limit would answer first.
    private static int Eat(int megabytes)
    {
        var block = Enumerable.Repeat((byte)1, 1 << 20).ToArray();
        for (var i = 0; i < megabytes; i++)
        {
            Marshal.Copy(block, 0, Marshal.AllocHGlobal(block.Length), block.Length);
        }

        Console.WriteLine("full");
        return 0;
    }

    private static void Fill(int megabytes)
    {
        using var file = new FileStream(FilePath, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var i = 0; i < megabytes; i++)
        {
            file.Write(new byte[1 << 20]);
        }
    }

    private static void Burn(TimeSpan wall)
    {
        var watch = Stopwatch.StartNew();
        Parallel.For(0, 4, _ => SpinWait.SpinUntil(() => watch.Elapsed > wall));
        Say("cpu ms", (long)Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds);
    }

    private static string Status(string field) =>
        File.ReadAllLines("/proc/self/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split(':')[1].Trim();

    private static void Say(string name, object value) => Console.WriteLine($"{name}={value}");

    private static void Try(string name, Action action)
    {
        try
        {
            action();
            Say(name, "done");
        }
        catch (Exception e)
        {
            var cause = e.GetBaseException();
            Say(
                name,
                cause is SocketException socket ? socket.SocketErrorCode
                    : name == "filled" ? $"{cause.GetType().Name}: {cause.Message}"
                    : cause.GetType().Name
            );
        }
    }
}
