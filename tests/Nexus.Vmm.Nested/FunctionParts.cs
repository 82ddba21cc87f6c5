namespace Nexus.Vmm.Nested;

/// <summary>What functions in machines of the stock kernel are made of.</summary>
/// <param name="Program">Folder of the program that runs them.</param>
/// <param name="MachinePrograms">Folder of nexus-vmm and nexus-init.</param>
/// <param name="Description">The prepared function's description.</param>
/// <param name="App">The prepared function's folder.</param>
internal sealed record FunctionParts(string Program, string MachinePrograms, string Description, string App)
{
    public static FunctionParts? Prepare(string root, string work, StockKernel kernel)
    {
        var program = Path.Combine(root, "tests", "Nexus.Vmm.Functions", "bin", "Release", "net10.0");
        var machines = Path.Combine(work, "function-machines");
        foreach (var project in new[] { "vmm/Nexus.Vmm.Monitor", "vmm/Nexus.Vmm.Init" })
        {
            if (Tool.Run("dotnet", root, "publish", project, "-c", "Release", "-v", "q", "-o", machines) is null)
            {
                return null;
            }
        }

        foreach (var symbols in Directory.GetFiles(machines, "*.dbg"))
        {
            File.Delete(symbols);
        }

        var folder = Path.Combine(work, "functions");
        var app = Tool.Run(
            "dotnet",
            root,
            Path.Combine(program, "Nexus.Vmm.Functions.dll"),
            "prepare",
            kernel.Package,
            kernel.Compressed,
            folder
        );
        return app is null ? null : new FunctionParts(program, machines, Path.Combine(folder, "function.json"), app.Trim());
    }
}
