using System.CommandLine;
using Nexus.Backend.Kernels;
using Nexus.Backend.Sandbox;
using Nexus.Cli.Functions;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus doctor</c>: whether this machine has what Nexus needs.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Check whether this machine has what is needed");
        command.SetAction(parsed =>
        {
            IReadOnlyList<HostCheck> checks =
            [
                .. HostChecks.Run(CgroupHierarchy.Detect()),
                Guest(),
                Machines(),
                InstalledKernels.Check("/boot"),
            ];
            if (parsed.GetValue(CommandTree.Json))
            {
                Terminal.Json(checks);
            }
            else
            {
                Terminal.Table(
                    ["Check", "Verdict", "Found", "Next step"],
                    [
                        .. checks.Select(static check =>
                            (IReadOnlyList<string>)[check.Name, Word(check.Verdict), check.Detail, check.NextStep]
                        ),
                    ]
                );
            }

            return checks.Any(static check => check.Verdict is HostVerdict.Fail) ? ExitCodes.Failed : ExitCodes.Ok;
        });
        return command;
    }

    private static HostCheck Guest() =>
        File.Exists(Path.Combine(FunctionPreparer.GuestFolder, "Nexus.Guest.Host.dll"))
            ? new HostCheck("guest", HostVerdict.Ok, FunctionPreparer.GuestFolder)
            : new HostCheck(
                "guest",
                HostVerdict.Fail,
                $"nothing in {FunctionPreparer.GuestFolder}",
                "Install nexus again, or build it again."
            );

    /// <summary>Only the process sandbox goes without them.</summary>
    private static HostCheck Machines()
    {
        const string name = "machines";
        var folder = new VirtualMachineOptions().Programs;
        var missing = VirtualMachineOptions.ProgramNames.Where(program => !File.Exists(Path.Combine(folder, program))).ToList();
        return missing.Count == 0
            ? new HostCheck(name, HostVerdict.Ok, folder)
            : new HostCheck(
                name,
                HostVerdict.Warn,
                $"no {string.Join(" and ", missing)} in {folder}",
                "The sandbox 'vm' needs them: install the tool made by './build.sh pack', or set 'vmPrograms' in nexus.json."
            );
    }

    private static string Word(HostVerdict verdict) =>
        verdict switch
        {
            HostVerdict.Ok => "ok",
            HostVerdict.Warn => "warning",
            _ => "missing",
        };
}
