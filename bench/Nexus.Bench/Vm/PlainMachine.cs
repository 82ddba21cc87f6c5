using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Nexus.Backend.Interop;
using Nexus.Backend.Sandbox;
using Nexus.Channel.Interop;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>A machine in which the function runs as it is, with a network card and without a channel; its monitor is jailed as those of Nexus are.</summary>
internal sealed class PlainMachine : IAsyncDisposable
{
    // As the backend adds it to a machine's memory for monitor and page tables.
    private const int MonitorMb = 128;

    // Of many that make their first call at once, too.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private readonly MachineNetwork _network;
    private readonly EventDoorbell _trim;
    private TcpClient? _connection;
    private DirectFrames? _frames;

    private PlainMachine(SandboxProcess process, MachineNetwork network, EventDoorbell trim) =>
        (Process, _network, _trim) = (process, network, trim);

    public SandboxProcess Process { get; }

    /// <summary>Starts a monitor and waits until the function in its machine asks for events.</summary>
    /// <param name="jail">Holds the monitor.</param>
    /// <param name="service">What the function's calls reach.</param>
    /// <param name="images">The root, and the function.</param>
    /// <param name="memoryMib">The guest's memory.</param>
    /// <param name="more">What the machine is to do: words, and the descriptors that stand for <c>{0}</c> in them.</param>
    public static async Task<PlainMachine> StartAsync(
        ISandbox jail,
        Uri service,
        IReadOnlyList<string> images,
        int memoryMib,
        IReadOnlyList<(string Name, string Value, SafeHandle? File)> more
    )
    {
        var network = MachineNetwork.Create(service);
        var trim = EventDoorbell.Create();
        var opened = images.Select(static image => File.OpenHandle(image)).ToArray();
        using var kvm = File.OpenHandle("/dev/kvm", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        (string Name, string Value, SafeHandle? File)[] words =
        [
            ("--memory", memoryMib.ToString(CultureInfo.InvariantCulture), null),
            .. opened.Select(static image => ("--pmem", "fd:{0}", (SafeHandle?)image)),
            ("--kvm", "{0}", kvm),
            ("--net", "{0}", network.Card),
            ("--trim", "{0}", trim.Descriptor),
            .. more,
        ];
        var descriptors = new Dictionary<int, SafeHandle>();
        var command = new List<string> { $"{SandboxSpec.TaskRoot}/nexus-vmm" };
        foreach (var (name, value, file) in words)
        {
            var number = 3 + descriptors.Count;
            if (file is not null)
            {
                descriptors[number] = file;
            }

            command.AddRange([name, string.Format(CultureInfo.InvariantCulture, value, number)]);
        }

        try
        {
            var process = await jail.StartAsync(
                new SandboxSpec
                {
                    Name = "unmodified",
                    AppFolder = MachineSupport.Programs,
                    Command = command,
                    MemoryLimitMb = memoryMib + MonitorMb,
                    Descriptors = descriptors,
                },
                CancellationToken.None
            );
            var machine = new PlainMachine(process, network, trim);
            await machine.WaitUntilReadyAsync();
            return machine;
        }
        finally
        {
            Array.ForEach(opened, static image => image.Dispose());
        }
    }

    public async Task InvokeAsync(string request)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var outcome = await _frames!.InvokeAsync(Encoding.UTF8.GetBytes(request), DateTimeOffset.UtcNow + s_patience, patience.Token);
        if (outcome.FunctionError is not null)
        {
            throw new BenchException($"the function failed in its machine: {Encoding.UTF8.GetString(outcome.Payload)}");
        }
    }

    /// <summary>Has the guest give back what it does not need, as the backend asks idle machines to.</summary>
    public void Trim() => _trim.Ring();

    /// <summary>Ends the connections that the function has, as services do with idle ones, and has the monitor leave the machine for others to go on from.</summary>
    public async Task SuspendAsync(EventDoorbell trigger)
    {
        _connection!.Dispose();
        await _network.DisconnectAsync();
        // The guest notices, and its function's host begins to look for the next who has events.
        await Task.Delay(500);
        trigger.Ring();
        var exit = await Process.Exited.WaitAsync(s_patience);
        if (exit.ExitCode != 0)
        {
            throw new BenchException($"the machine of the function as it is was not suspended: {exit}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _connection?.Dispose();
        await _network.DisposeAsync();
        _trim.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        var console = new StringBuilder();
        _ = DrainAsync(Process.Output, console);
        _ = DrainAsync(Process.Error, console);
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            _connection = await _network.AcceptAsync(patience.Token);
            _frames = new DirectFrames(_connection.GetStream(), _connection.GetStream());
            if (await _frames.ReadReadyAsync(patience.Token) is { } failure)
            {
                throw new BenchException($"the function did not start in its machine: {Encoding.UTF8.GetString(failure.Payload)}");
            }
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync();
            throw new BenchException($"the function did not start in its machine within {s_patience.TotalMinutes} min: {console}");
        }
    }

    private static async Task DrainAsync(Stream output, StringBuilder console)
    {
        using var reader = new StreamReader(output);
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (console)
            {
                console.AppendLine(line);
            }
        }
    }
}
