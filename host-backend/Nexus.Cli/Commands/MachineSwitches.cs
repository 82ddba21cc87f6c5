using System.CommandLine;
using Nexus.Cli.Configuration;

namespace Nexus.Cli.Commands;

/// <summary>The arguments and switches that the commands of <c>nexus vm</c> have alike.</summary>
internal sealed class MachineSwitches
{
    private static readonly string[] s_nodeKeys = ["cache", "vmPrograms"];
    private readonly Command _command;
    private readonly Argument<string> _image = new("image") { Description = "Folder made by 'nexus image build'" };
    private readonly Option<string?> _event = new("--event")
    {
        Description = "File with an event to invoke the function with, '-' for standard input; only started when absent",
        HelpName = "file",
    };
    private readonly Option<string?> _file = new("--snapshot", "-o")
    {
        Description = "The snapshot's file; machine.snapshot in the image's folder when absent",
        HelpName = "file",
    };
    private readonly Option<string?> _append = new("--append")
    {
        Description = "Further words for the kernel's command line",
        HelpName = "words",
    };
    private readonly SwitchSettings _settings;
    private readonly List<Setting> _known = [.. SettingCatalogue.Node.Where(static setting => s_nodeKeys.Contains(setting.Key))];

    public MachineSwitches(string name, string description, bool hasEvent = false, bool hasFile = false)
    {
        _command = new Command(name, description) { _image };
        if (hasEvent)
        {
            _command.Options.Add(_event);
        }

        if (hasFile)
        {
            _command.Options.Add(_file);
        }

        if (name is "boot" or "snapshot")
        {
            _command.Options.Add(_append);
        }

        _settings = new SwitchSettings(_command, _known);
    }

    public Command WithAction(Func<MachineRequest, Task<int>> action)
    {
        _command.SetAction(
            (parsed, cancellation) =>
                action(
                    new MachineRequest(
                        parsed.GetRequiredValue(_image),
                        _command.Options.Contains(_event) ? parsed.GetValue(_event) : null,
                        _command.Options.Contains(_file) ? parsed.GetValue(_file) : null,
                        _command.Options.Contains(_append) ? parsed.GetValue(_append) ?? "" : "",
                        EnvironmentSettings.Read(_known, HostVariables.All).With(_settings.Read(parsed)),
                        parsed.GetValue(CommandTree.Json),
                        cancellation
                    )
                )
        );
        return _command;
    }
}
