using System.Net.Http.Headers;
using Nexus.Differential.Servers.Tests.Worlds;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Differential.Servers.Tests;

/// <summary>Servers in virtual machines. That they answer as others do is compared in the other tests, of which one world has machines.</summary>
[TestClass]
public sealed class VirtualMachineTests
{
    private static readonly Uri s_picture = new("/pictures/kept", UriKind.Relative);

    [TestMethod]
    public async Task Instances_OfTheWorldOfMachines_AreMonitors()
    {
        await FindAsync();
        var (_, worlds) = await BothWorlds.GetAsync();
        var world = worlds.Single(static world => world.Name.Contains("virtual machines", StringComparison.Ordinal));
        using var client = world.ClientOf(ServedApp.Gallery, http2: true);
        await client.GetStringAsync(new Uri("/", UriKind.Relative));

        var processes = await world.ProcessesAsync(ServedApp.Gallery);

        Assert.IsNotEmpty(processes);
        Assert.IsTrue(processes.All(static process => ProgramOf(process) == "nexus-vmm"));
    }

    [TestMethod]
    public async Task Backend_KilledAndStartedAgain_TakesTheMachineOver()
    {
        var machines = await FindAsync();
        var state = Directory.CreateTempSubdirectory("nexus-state-").FullName;
        try
        {
            var picture = new byte[100_000];
            Random.Shared.NextBytes(picture);
            int process;
            await using (var first = await StartAsync(machines, state))
            {
                using var client = first.ClientOf(ServedApp.Gallery, http2: true);
                using var content = new ByteArrayContent(picture);
                content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
                (await client.PutAsync(s_picture, content)).EnsureSuccessStatusCode();
                process = (await first.ProcessesAsync(ServedApp.Gallery)).Single();
                // Disposing kills it: SIGKILL, as after a crash.
            }

            Assert.AreEqual("nexus-vmm", ProgramOf(process), "the machine outlives its backend");
            await using var second = await StartAsync(machines, state);
            using var later = second.ClientOf(ServedApp.Gallery, http2: false);

            CollectionAssert.AreEqual(picture, await later.GetByteArrayAsync(s_picture));

            CollectionAssert.AreEqual(new[] { process }, (await second.ProcessesAsync(ServedApp.Gallery)).ToArray());
            await EndAsync(process);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private static Task<RoutedWorld> StartAsync(MachineSupport machines, string state) =>
        RoutedWorld.StartAsync(new Dictionary<string, string>(), [ServedApp.Gallery], HookMode.Overlay, machines, state);

    private static async Task<MachineSupport> FindAsync()
    {
        var (machines, missing) = await MachineSupport.FindAsync();
        if (machines is null)
        {
            Assert.Inconclusive(missing);
        }

        return machines!;
    }

    private static string ProgramOf(int process) => File.ReadAllText($"/proc/{process}/comm").Trim();

    /// <summary>The second backend is killed too, and would leave it behind.</summary>
    private static async Task EndAsync(int process)
    {
        using var machine = System.Diagnostics.Process.GetProcessById(process);
        machine.Kill();
        await machine.WaitForExitAsync();
    }
}
