using System.CommandLine;
using System.Globalization;
using Nexus.Backend.Images;
using Nexus.Backend.Instances;
using Nexus.Cli.Configuration;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus vm inspect</c>: what an image or a snapshot holds, after checking all of it.</summary>
internal static class InspectCommand
{
    public static Command Create() =>
        new MachineSwitches("inspect", "Say what an image or a snapshot holds, and check it").WithAction(InspectAsync);

    private static async Task<int> InspectAsync(MachineRequest request)
    {
        var facts = File.Exists(request.Image)
            ? await MachineSnapshots.InspectAsync(
                MachineSettings.Read(request.Given, request.Cache).Programs,
                request.KeyFile,
                request.Image
            )
            : Facts(MachineImage.Load(request.Image));
        if (request.Json)
        {
            Terminal.Json(facts);
        }
        else
        {
            Terminal.Table(["What", "Value"], [.. facts.Select(static fact => (IReadOnlyList<string>)[fact.Key, fact.Value])]);
        }

        return ExitCodes.Ok;
    }

    private static Dictionary<string, string> Facts(MachineImage image)
    {
        var facts = new Dictionary<string, string>
        {
            ["version"] = image.Format.ToString(CultureInfo.InvariantCulture),
            ["name"] = image.Name,
            ["digest"] = image.Digest,
            ["handler"] = image.Handler,
            ["command"] = string.Join(' ', image.Command),
            ["memory-mb"] = image.MemoryMb.ToString(CultureInfo.InvariantCulture),
            ["kernel-parameters"] = image.KernelParameters,
        };
        foreach (var layer in image.Layers.Prepend(image.Kernel))
        {
            facts[layer.Name] = FormattableString.Invariant($"{layer.Bytes} bytes, {layer.Digest}");
        }

        return facts;
    }
}
