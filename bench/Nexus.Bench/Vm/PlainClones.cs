using Nexus.Backend.Images;
using Nexus.Backend.Interop;
using Nexus.Backend.Sandbox;
using Nexus.Bench.Aws;
using Nexus.Bench.Output;
using Nexus.Channel.Interop;
using Nexus.TestKit;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>
/// Clones of a machine in which the function runs as it is: its whole SDK, the guest's own TCP/IP and a virtio network card. Suspended and resumed by the same
/// monitor, in the same jail and with the same memory as those of Nexus.
/// </summary>
internal static class PlainClones
{
    public const string AfterOneCall = ", each after one GetItem";
    public const string Trimmed = AfterOneCall + ", idle memory asked for";
    private const string Request = """{"operation":"get-item","count":1}""";

    // Between the calls of a rehearsal: what the backend's own rehearsals wait.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(800);

    /// <param name="machines">Kernel and programs.</param>
    /// <param name="jail">Holds the monitors.</param>
    /// <param name="function">What runs in them.</param>
    /// <param name="handler">Of the function.</param>
    /// <param name="number">How many at once.</param>
    /// <param name="isRehearsed">Whether the function has made calls before its machine is suspended, rather than only its client.</param>
    /// <param name="name">Of the rows.</param>
    /// <param name="measure">Reads what machines need that are idle.</param>
    public static async Task<IReadOnlyList<IdleMachines>> RunAsync(
        MachineSupport machines,
        ISandbox jail,
        PublishedFunction function,
        string handler,
        int number,
        bool isRehearsed,
        string name,
        Func<string, IReadOnlyList<SandboxProcess>, Task<IdleMachines>> measure
    )
    {
        // What AWS's endpoints speak; through Nexus that is the backend's part.
        await using var service = await AwsService.StartResponderAsync(secure: true, named: MachineNetwork.Events.Address);
        var target = new Uri(service.CallerVariables["AWS_ENDPOINT_URL_DYNAMODB"]);
        var folder = CallRounds.GuestFolder(function, service.CallerVariables["SSL_CERT_FILE"]);
        var cache = new ImageCache(RepositoryRoot.Combine("artifacts", "vm", "images"));
        string[] images = [cache.Get(GuestImages.Runtime(DotnetRoot.Find())), cache.Get(GuestImages.Function(folder))];
        var variables = new Dictionary<string, string>(service.CallerVariables.Concat(AwsBench.LeanVariables()))
        {
            ["SSL_CERT_FILE"] = $"{SandboxSpec.TaskRoot}/authority.pem",
            ["AWS_ENDPOINT_URL_DYNAMODB"] = MachineNetwork.InMachine(target).ToString(),
        };
        using var suspended = SuspendedGuest.Create();
        await Step.RunAsync(
            $"boot and suspend: {name}",
            () =>
                SuspendAsync(
                    machines,
                    jail,
                    target,
                    images,
                    MachineSubject.Launch(0, function.Assembly, handler, variables, MachineNetwork.Events),
                    suspended,
                    isRehearsed
                )
        );
        var running = new List<PlainMachine>();
        try
        {
            await Step.RunAsync(
                $"start {number} clones of it",
                async () =>
                {
                    while (running.Count < number)
                    {
                        running.Add(
                            await PlainMachine.StartAsync(
                                jail,
                                target,
                                images,
                                MachineSubject.MemoryMib,
                                [("--resume-memory", "fd:{0}", suspended.Memory), ("--resume-state", "fd:{0}", suspended.State)]
                            )
                        );
                    }
                }
            );
            var processes = running.Select(static machine => machine.Process).ToArray();
            var results = new List<IdleMachines> { await measure($"{name}, ready", processes) };
            await Step.RunAsync("one call each", () => Task.WhenAll(running.Select(static machine => machine.InvokeAsync(Request))));
            results.Add(await measure(name + AfterOneCall, processes));
            running.ForEach(static machine => machine.Trim());
            results.Add(await measure(name + Trimmed, processes));
            return results;
        }
        finally
        {
            foreach (var machine in running)
            {
                await machine.DisposeAsync();
            }
        }
    }

    private static async Task SuspendAsync(
        MachineSupport machines,
        ISandbox jail,
        Uri service,
        IReadOnlyList<string> images,
        byte[] launch,
        SuspendedGuest into,
        bool isRehearsed
    )
    {
        using var trigger = EventDoorbell.Create();
        using var kernel = File.OpenHandle(machines.Kernel.Path);
        using var init = File.OpenHandle(Path.Combine(MachineSupport.Programs, "nexus-init"));
        using var plan = Descriptors.MemoryFile("launch", launch);
        await using var machine = await PlainMachine.StartAsync(
            jail,
            service,
            images,
            MachineSubject.MemoryMib,
            [
                ("--kernel", "fd:{0}", kernel),
                ("--append", $"loglevel=1 {machines.Kernel.Parameters}", null),
                ("--init", "fd:{0}", init),
                ("--launch", "fd:{0}", plan),
                ("--suspend-memory", "fd:{0}", into.Memory),
                ("--suspend-state", "fd:{0}", into.State),
                ("--suspend-on", "{0}", trigger.Descriptor),
            ]
        );
        for (var call = 0; isRehearsed && call < 2; call++)
        {
            await machine.InvokeAsync(Request);
            await Task.Delay(s_pause);
        }

        await machine.SuspendAsync(trigger);
    }
}
