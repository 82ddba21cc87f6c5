using Nexus.Vmm.Init;
using Nexus.Vmm.Init.Interop;

// The first program of a guest: it sets the guest up from what the monitor has put into the initial file system, runs one program and ends the guest with it.
Mounts.ShowKernel();
var parameters = KernelParameters.Read();
int status;
MemoryGroup? group = null;
try
{
    GuestStage.Reach(parameters, GuestStage.Started);
    if (parameters.Address("nexus.time") is { } time)
    {
        GuestClock.Set(time);
    }

    Modules.LoadAll();
    var plan = LaunchPlan.Parse(File.ReadAllBytes(LaunchPlan.Path));
    Terminal.PassThrough();
    if (plan.Network is { } network)
    {
        NetworkCard.Start(NetworkCard.First, network.Address, network.Prefix, network.Gateway);
    }

    Mounts.EnterRoot(plan);
    GuestStage.Reach(parameters, GuestStage.Mounted);
    group = MemoryGroup.TryCreate(plan.MemoryMib);
    status = Child.Run(plan, group, () => GuestStage.Reach(parameters, GuestStage.Spawned));
}
catch (Exception failure)
{
    Console.Error.WriteLine($"nexus-init: {failure.Message}");
    status = GuestEnd.NotStarted;
}

GuestEnd.Report(parameters, status, group?.HasKilled() == true);
GuestEnd.PowerOff();
