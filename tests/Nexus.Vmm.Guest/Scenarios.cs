using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Nexus.Channel.TestPeer;
using Nexus.Guest;
using Nexus.Vmm.Init.Interop;
using Nexus.Vmm.TestInit.Interop;

namespace Nexus.Vmm.TestInit;

/// <summary>What a test has its guest do.</summary>
internal static class Scenarios
{
    public static void Run(string name, KernelParameters parameters)
    {
        switch (name)
        {
            case "hello":
                Console.WriteLine($"guest: hello after {File.ReadAllText("/proc/uptime").Split(' ')[0]} s");
                break;
            case "devices":
                UseDevices();
                break;
            case "channel":
                ServeChannel();
                break;
            case "clone":
                CloneScenario.Run();
                break;
            case "programs":
                RunPrograms(parameters);
                break;
            default:
                Console.WriteLine($"guest: no scenario {name}");
                break;
        }
    }

    /// <summary>Reads from each device, and gives the balloon something to report.</summary>
    private static void UseDevices()
    {
        Console.WriteLine($"guest: disk {Checksum("/dev/vda"):x16}");
        Console.WriteLine($"guest: pmem {Checksum("/dev/pmem0"):x16}");
        try
        {
            using var disk = File.OpenWrite("/dev/vda");
            disk.Write(new byte[4096]);
            disk.Flush(flushToDisk: true);
            Console.WriteLine("guest: write went through");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            Console.WriteLine("guest: write refused");
        }

        using (var device = File.OpenRead("/dev/hwrng"))
        {
            var random = new byte[64];
            device.ReadExactly(random);
            Console.WriteLine($"guest: entropy {Convert.ToHexString(random)}");
        }

        Console.WriteLine($"guest: network {Exchange()}");

        // Free pages are reported two seconds after they have become free.
        Thread.Sleep(3000);
    }

    /// <summary>Sends datagrams of many sizes over the network card and compares what comes back.</summary>
    private static string Exchange()
    {
        NetworkCard.Start(NetworkCard.First, IPAddress.Parse("192.0.2.2"), 24, IPAddress.Parse("192.0.2.1"));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        // Not of the card's own network: it has to go through the gateway.
        socket.Connect(IPAddress.Parse("198.51.100.7"), 4000);
        var answer = new byte[1500];
        for (var size = 1; size < 1400; size += 7)
        {
            var question = new byte[size];
            Array.Fill(question, (byte)size);
            socket.Send(question);
            var length = socket.Receive(answer);
            if (!answer.AsSpan(0, length).SequenceEqual(question))
            {
                return $"brought another answer to {size} bytes";
            }
        }

        return "works";
    }

    /// <summary>Answers calls of the host until it ends the machine.</summary>
    private static void ServeChannel()
    {
        var service = new TestService();
        GuestChannel.ServeCalls(service.Accept);
        Environment.SetEnvironmentVariable("NEXUS_CHANNEL", "vm");
        _ = GuestChannel.Current ?? throw new InvalidOperationException("no channel");
        using var random = File.OpenRead("/dev/urandom");
        var bytes = new byte[16];
        random.ReadExactly(bytes);
        Console.WriteLine($"guest: serving {Convert.ToHexString(bytes)}");
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>FNV-1a, which needs no library that the guest does not have.</summary>
    private static ulong Checksum(string path)
    {
        var sum = 14695981039346656037ul;
        foreach (var value in File.ReadAllBytes(path))
        {
            sum = (sum ^ value) * 1099511628211;
        }

        return sum;
    }

    /// <summary>For the machine that the whole test suite runs in: starts other programs, one after the other, and tells the first exit code that is not 0.</summary>
    private static void RunPrograms(KernelParameters parameters)
    {
        Console.WriteLine("rig: up");
        GuestNative.MoveRoot();
        Console.WriteLine($"rig: clock {File.ReadAllText("/sys/devices/system/clocksource/clocksource0/current_clocksource").Trim()}");
        NetworkCard.Start("lo", IPAddress.Loopback, 8, gateway: null);
        var failed = 0;
        foreach (var command in File.ReadAllText("/commands").Split("\n\n"))
        {
            var code = RunProgram(command.Split('\n'));
            failed = failed == 0 ? code : failed;
        }

        Console.WriteLine($"rig: exit code {failed}");
        if (parameters.Get("nexus.results") is { } results && File.Exists(results))
        {
            using var port = File.OpenWrite("/dev/ttyS1");
            port.Write(File.ReadAllBytes(results));
        }
    }

    private static int RunProgram(string[] words)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { WorkingDirectory = "/" };
        foreach (var line in File.ReadAllLines("/environment"))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            start.Environment[line[..at]] = line[(at + 1)..];
        }

        using var process = Process.Start(start)!;
        process.WaitForExit();
        Console.WriteLine($"rig: {words[1]} ended with {process.ExitCode} after {watch.Elapsed.TotalSeconds:0.0} s");
        return process.ExitCode;
    }
}
