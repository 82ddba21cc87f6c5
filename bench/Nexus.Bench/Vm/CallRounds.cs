using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Nexus.Bench.Aws;
using Nexus.Bench.Nodes;
using Nexus.Bench.Output;
using Nexus.TestKit;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Vm;

/// <summary>
/// Warm calls of one function in processes and in machines, through Nexus and as it is. All of it happens in a network namespace of its own, in a second run
/// of this program: a machine with a network card needs a card on the host.
/// </summary>
internal static class CallRounds
{
    public const string Role = "vm-calls";
    public const string PlainProcess = "process, as it is";
    public const string NexusProcess = "process, Nexus";
    public const string DefaultMachine = "machine, as it is, JIT default";
    public const string PlainMachine = "machine, as it is, JIT lean";
    public const string NexusMachine = "machine, Nexus";
    private const string Function = "BenchCalls";
    private const int Calls = 400;
    private const int ObjectCalls = 30;
    private const int WarmUpRounds = 6;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);

    public static async Task<IReadOnlyList<MachineCalls>?> RunAsync(int rounds, List<string> skipped)
    {
        if (Environment.UserName != "root" || !File.Exists("/dev/net/tun"))
        {
            skipped.Add("calls: a machine's network card needs root and /dev/net/tun");
            return null;
        }

        var start = new ProcessStartInfo(
            "unshare",
            ["--net", "dotnet", "exec", typeof(CallRounds).Assembly.Location, Role, rounds.ToString(CultureInfo.InvariantCulture)]
        )
        {
            RedirectStandardOutput = true,
        };
        using var inside = Process.Start(start)!;
        var result = await inside.StandardOutput.ReadToEndAsync();
        await inside.WaitForExitAsync();
        return inside.ExitCode == 0
            ? JsonSerializer.Deserialize<MachineCalls[]>(result)
            : throw new BenchException($"the calls ended with {inside.ExitCode}: {result}");
    }

    /// <summary>Inside of the network namespace; the result goes to standard output.</summary>
    public static async Task<int> RunInsideAsync(int rounds)
    {
        var (machines, reason) = await MachineSupport.FindAsync();
        var function = await PublishedFunctions.GetAsync(Function);
        SafeFileHandle[] cards;
        try
        {
            cards = [MachineSubject.CreateCard(0), MachineSubject.CreateCard(1)];
        }
        catch (Win32Exception refusal)
        {
            throw new BenchException(refusal.Message);
        }

        await using var service = await AwsService.StartResponderAsync(secure: true, MachineSubject.HostAddress(0));
        var folder = GuestFolder(function, service.CallerVariables["SSL_CERT_FILE"]);
        var direct = service.CallerVariables.Concat(AwsBench.LeanVariables()).ToDictionary();
        var inGuest = new Dictionary<string, string>(service.CallerVariables) { ["SSL_CERT_FILE"] = "/var/task/authority.pem" };
        var leanInGuest = inGuest.Concat(AwsBench.LeanVariables()).ToDictionary();
        var none = new Dictionary<string, string>();
        await using var node = await BenchNode.StartAsync(
            [
                new NodeFunction("process", function.Folder, function.Handler, none),
                new NodeFunction("machine", function.Folder, function.Handler, none, Sandbox: "vm"),
            ],
            service.CallerVariables
        );
        (string Name, Func<Task<Subject>> StartAsync)[] ways =
        [
            (PlainProcess, () => DirectSubject.StartAsync(function, direct)),
            (NexusProcess, () => NexusSubject.StartAsync(node, "process")),
            (DefaultMachine, () => MachineSubject.StartAsync(machines!, 0, folder, function, inGuest, cards[0])),
            (PlainMachine, () => MachineSubject.StartAsync(machines!, 1, folder, function, leanInGuest, cards[1])),
            (NexusMachine, () => NexusSubject.StartAsync(node, "machine")),
        ];
        var subjects = new List<Subject>();
        try
        {
            foreach (var (name, startAsync) in ways)
            {
                subjects.Add(await Step.RunAsync($"start: {name}", startAsync));
            }

            var results = await MeasureAsync(subjects, rounds);
            await Task.Delay(s_settle);
            Console.WriteLine(
                JsonSerializer.Serialize(ways.Select((way, i) => new MachineCalls(way.Name, results[i], Pss(subjects[i].GuestId))))
            );
            return 0;
        }
        finally
        {
            foreach (var subject in subjects)
            {
                await subject.DisposeAsync();
            }
        }
    }

    private static async Task<OperationResult[][]> MeasureAsync(List<Subject> subjects, int rounds)
    {
        (string Name, int Calls)[] operations =
        [
            (AwsBench.GetItem, Calls),
            (AwsBench.PutItem, Calls),
            (AwsBench.GetObject, ObjectCalls),
            (AwsBench.PutObject, ObjectCalls),
        ];
        var samples = subjects.Select(_ => operations.Select(static _ => new List<OperationResult>()).ToArray()).ToArray();
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            await Step.RunAsync(
                round < 0 ? $"warm-up {round + WarmUpRounds + 1} of {WarmUpRounds}" : $"round {round + 1} of {rounds}",
                async () =>
                {
                    for (var operation = 0; operation < operations.Length; operation++)
                    {
                        for (var i = 0; i < subjects.Count; i++)
                        {
                            var sample = await subjects[i].MeasureAsync(operations[operation].Name, operations[operation].Calls);
                            if (round >= 0)
                            {
                                samples[i][operation].Add(sample);
                            }
                        }
                    }
                }
            );
        }

        return [.. samples.Select(static of => of.Select(OperationResult.MedianOf).ToArray())];
    }

    private static double Pss(int process) => ProcessFigures.Memory(process).PssBytes / 1048576.0;

    /// <summary>The publish folder with the direct host and the service's authority: what the unmodified machine's image holds.</summary>
    public static string GuestFolder(PublishedFunction function, string authority)
    {
        var folder = RepositoryRoot.Combine("artifacts", "bench-machine", function.Assembly);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(function.Folder).Concat(Directory.GetFiles(AppContext.BaseDirectory, "Nexus.DirectHost.*")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.Copy(authority, Path.Combine(folder, "authority.pem"));
        return folder;
    }
}
