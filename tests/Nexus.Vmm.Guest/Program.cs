using Nexus.Vmm.Init.Interop;
using Nexus.Vmm.TestInit;
using Nexus.Vmm.TestInit.Interop;

// The first program of a guest: it sets the guest up, does what the command line says and ends the guest.
GuestNative.MountAll();
if (Directory.Exists("/modules"))
{
    foreach (var module in Directory.GetFiles("/modules").Order(StringComparer.Ordinal))
    {
        GuestNative.LoadModule(module);
    }
}

var parameters = KernelParameters.Read();
if (parameters.Get("nexus.time") is { } time)
{
    GuestClock.Set(Convert.ToUInt64(time, 16));
}

try
{
    Scenarios.Run(parameters.Get("nexus.test") ?? "hello", parameters);
}
catch (Exception failure)
{
    Console.WriteLine($"guest: failed: {failure}");
}

Console.Out.Flush();
GuestNative.End(powerOff: parameters.Get("nexus.end") != "reset");
