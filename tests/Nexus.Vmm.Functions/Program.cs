using System.Text.Json;
using Nexus.KillProof;
using Nexus.Rewriter;
using Nexus.Vmm.Functions;

// Functions in virtual machines with a distribution's kernel: made ready where there is an SDK, run where there are only a runtime, /dev/kvm, bubblewrap and that kernel.
// usage: Nexus.Vmm.Functions prepare PACKAGE KERNEL FOLDER      (the kernel's package, and the same kernel as it is installed)
//        Nexus.Vmm.Functions run KERNEL PROGRAMS FUNCTION       (the installed kernel, the folder of nexus-vmm and nexus-init, what "prepare" made)
const string Description = "function.json";
switch (args)
{
    case ["prepare", var package, var kernel, var folder]:
        KernelComparison.Check(package, kernel, Path.Combine(folder, "kernels"));
        var ready = await ReadyFunctions.GetAsync("Probe");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, Description), JsonSerializer.SerializeToUtf8Bytes(ready));
        Console.WriteLine(ready.Folder);
        return 0;
    case ["run", var kernel, var programs, var folder]:
        var function = JsonSerializer.Deserialize<PreparedFunction>(await File.ReadAllBytesAsync(Path.Combine(folder, Description)))!;
        return await StockKernelRun.RunAsync(kernel, programs, function with { Folder = Path.Combine(folder, "app") });
    default:
        Console.Error.WriteLine("usage: prepare PACKAGE KERNEL FOLDER | run KERNEL PROGRAMS FUNCTION");
        return 2;
}
