using Microsoft.Extensions.Logging.Abstractions;
using Nexus.Backend.Instances;
using Nexus.Backend.Sandbox;
using Nexus.Channel;
using Nexus.KillProof;

namespace Nexus.Backend.Tests;

[TestClass]
public sealed class LeakTests
{
    private const int Instances = 200;
    private const int AtOnce = 4;

    [TestMethod]
    public async Task Instances_StartedAndKilled_LeaveNothingInTheBackend()
    {
        Requirements.Check();
        var function = await TestNode.FunctionAsync("probe", "Probe");
        using var state = new TemporaryFolder();
        using var pump = new ChannelPump("leak-test", 2, spinMicroseconds: 0);
        pump.Start();
        var services = new InstanceServices(pump, ChannelOptions.Default, [], NullLoggerFactory.Instance, state.Path);
        var hierarchy = CgroupHierarchy.Detect();
        await StartAndKillAsync(function, services, AtOnce * 3);
        var before = await SettledAsync(hierarchy);

        await StartAndKillAsync(function, services, Instances);

        var after = await SettledAsync(hierarchy, before);
        Assert.AreEqual(before.Regions, after.Regions, "memfds");
        Assert.AreEqual(before.MappedRegions, after.MappedRegions, "mapped regions");
        Assert.AreEqual(before.Groups, after.Groups, "control groups");
        Assert.AreEqual(before.Children, after.Children, "processes");
        // Single descriptors and threads come and go with the thread pool; one of each per instance would be 200.
        Assert.IsTrue(
            after.Descriptors < before.Descriptors + (Instances / 10),
            $"{before.Descriptors} -> {after.Descriptors} descriptors"
        );
        Assert.IsTrue(after.Threads < before.Threads + (Instances / 10), $"{before.Threads} -> {after.Threads} threads");
        Assert.IsEmpty(Directory.GetFiles(state.Path), "state files");
    }

    private static async Task StartAndKillAsync(Functions.FunctionDefinition function, InstanceServices services, int count)
    {
        for (var done = 0; done < count; done += AtOnce)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, AtOnce)
                    .Select(async number =>
                    {
                        var instance = await Instance.StartAsync(function, services, CancellationToken.None);
                        if (number % 2 == 0)
                        {
                            // As a crash: nobody disposes it.
                            instance.Process.Kill();
                            await instance.Process.Exited;
                        }
                        else
                        {
                            await instance.DisposeAsync();
                        }
                    })
            );
        }
    }

    /// <summary>Waits until what ends by itself has ended: as many regions and groups as before, or a watchdog.</summary>
    private static async Task<Footprint> SettledAsync(CgroupHierarchy hierarchy, Footprint? like = null)
    {
        var now = Footprint.Of(Environment.ProcessId, hierarchy);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(like is null && attempt < 5 ? 100 : 50);
            var last = now;
            now = Footprint.Of(Environment.ProcessId, hierarchy);
            if (
                like is null
                    ? attempt >= 5 && last == now with { ResidentMb = last.ResidentMb }
                    : now.Regions <= like.Regions && now.Groups <= like.Groups
            )
            {
                break;
            }
        }

        return now;
    }
}
