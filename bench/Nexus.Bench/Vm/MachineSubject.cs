using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Images;
using Nexus.Backend.Sandbox;
using Nexus.Bench.Aws;
using Nexus.Bench.Interop;
using Nexus.TestKit;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;
using Nexus.Vmm.Init.Interop;

namespace Nexus.Bench.Vm;

/// <summary>The class library as it is in a virtual machine with a network card, its whole SDK and the guest's own TCP/IP.</summary>
internal sealed class MachineSubject : FunctionSubject
{
    /// <summary>The guest's memory; what a function of 256 MB gets through Nexus, the kernel's part included.</summary>
    public const int MemoryMib = 320;
    private const int Prefix = 24;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _monitor;
    private readonly SafeFileHandle _card;
    private readonly TcpClient _connection;
    private readonly DirectFrames _frames;

    private MachineSubject(Process monitor, SafeFileHandle card, TcpClient connection)
    {
        (_monitor, _card, _connection) = (monitor, card, connection);
        _frames = new DirectFrames(connection.GetStream(), connection.GetStream());
    }

    /// <summary>The host's address on a card.</summary>
    public static IPAddress HostAddress(int number) => IPAddress.Parse(FormattableString.Invariant($"198.18.{number}.1"));

    /// <summary>Makes the card, boots the machine and waits until its function is bound.</summary>
    /// <param name="machines">Kernel and programs.</param>
    /// <param name="number">Of the card, 0 to 255.</param>
    /// <param name="folder">The function with its direct host.</param>
    /// <param name="function">What it is.</param>
    /// <param name="variables">The function's variables, with paths as the guest sees them.</param>
    /// <param name="card">The host's end of the machine's network card; taken over.</param>
    public static async Task<Subject> StartAsync(
        MachineSupport machines,
        int number,
        string folder,
        PublishedFunction function,
        IReadOnlyDictionary<string, string> variables,
        SafeFileHandle card
    )
    {
        using var listener = new TcpListener(HostAddress(number), 0);
        listener.Start();
        var images = new ImageCache(RepositoryRoot.Combine("artifacts", "vm", "images"));
        var launch = Path.Combine(Path.GetDirectoryName(folder)!, FormattableString.Invariant($"launch-{number}"));
        await File.WriteAllBytesAsync(
            launch,
            Launch(number, function.Assembly, function.Handler, variables, (IPEndPoint)listener.LocalEndpoint)
        );
        var monitor = Process.Start(
            new ProcessStartInfo(
                Path.Combine(MachineSupport.Programs, "nexus-vmm"),
                [
                    "--kernel",
                    machines.Kernel.Path,
                    "--append",
                    $"loglevel=1 {machines.Kernel.Parameters}",
                    "--memory",
                    MemoryMib.ToString(CultureInfo.InvariantCulture),
                    "--init",
                    Path.Combine(MachineSupport.Programs, "nexus-init"),
                    "--launch",
                    launch,
                    "--pmem",
                    images.Get(GuestImages.Runtime(DotnetRoot.Find())),
                    "--pmem",
                    images.Get(GuestImages.Function(folder)),
                    "--net",
                    card.DangerousGetHandle().ToString(CultureInfo.InvariantCulture),
                ]
            )
            {
                // Not this program's own, where the result goes.
                RedirectStandardOutput = true,
            }
        )!;
        var console = monitor.StandardOutput.ReadToEndAsync();
        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            var connection = await listener.AcceptTcpClientAsync(patience.Token);
            connection.NoDelay = true;
            var subject = new MachineSubject(monitor, card, connection) { GuestId = monitor.Id };
            return await subject._frames.ReadReadyAsync(patience.Token) is { } failure
                ? throw new BenchException($"the function did not start in its machine: {Encoding.UTF8.GetString(failure.Payload)}")
                : subject;
        }
        catch (OperationCanceledException)
        {
            monitor.Kill();
            throw new BenchException($"the function did not start in its machine within {s_patience.TotalSeconds} s: {await console}");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _monitor.Kill();
        await _monitor.WaitForExitAsync();
        _monitor.Dispose();
        _card.Dispose();
    }

    /// <summary>Makes the card for a machine, and gives the host its address there.</summary>
    public static SafeFileHandle CreateCard(int number)
    {
        var name = FormattableString.Invariant($"nexus{number}");
        var card = TapDevice.Create(name, [2, 0, 0, 0, 1, (byte)number]);
        NetworkCard.Start(name, HostAddress(number), Prefix, gateway: null);
        return card;
    }

    protected override async Task<string> InvokeAsync(string request)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var outcome = await _frames.InvokeAsync(Encoding.UTF8.GetBytes(request), DateTimeOffset.UtcNow + s_patience, patience.Token);
        var answer = Encoding.UTF8.GetString(outcome.Payload);
        return outcome.FunctionError is null ? answer : throw new BenchException($"the function failed in its machine: {answer}");
    }

    /// <summary>What the first program is told (vmm/Nexus.Vmm.Init/LaunchPlan.cs).</summary>
    public static byte[] Launch(
        int number,
        string assembly,
        string handler,
        IReadOnlyDictionary<string, string> variables,
        IPEndPoint caller
    )
    {
        string[] fields =
        [
            "layer=/dev/pmem0:/",
            $"layer=/dev/pmem1:{SandboxSpec.TaskRoot}",
            FormattableString.Invariant($"net=198.18.{number}.2/{Prefix},{HostAddress(number)}"),
            $"folder={SandboxSpec.TaskRoot}",
            .. new[]
            {
                Path.Combine(DotnetRoot.Find(), "dotnet"),
                "exec",
                "--runtimeconfig",
                $"{SandboxSpec.TaskRoot}/{assembly}.runtimeconfig.json",
                $"{SandboxSpec.TaskRoot}/Nexus.DirectHost.dll",
                SandboxSpec.TaskRoot,
                handler,
                caller.ToString(),
            }.Select(static word => $"word={word}"),
            .. variables.Select(static pair => $"env={pair.Key}={pair.Value}"),
            "env=PATH=/usr/bin:/bin",
            "env=HOME=/tmp",
        ];
        return Encoding.UTF8.GetBytes(string.Concat(fields.Select(static field => field + "\0")));
    }
}
