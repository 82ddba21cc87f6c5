using System.CommandLine;
using System.Globalization;
using Nexus.Backend.Images;
using Nexus.Cli.Configuration;
using Nexus.Cli.Functions;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus image</c>: images that virtual machines are booted from.</summary>
internal static class ImageCommand
{
    private static readonly string[] s_nodeKeys = ["region", "cache", .. MachineSettings.Keys];

    public static Command Create() => new("image", "Make images of functions for virtual machines") { CreateBuild() };

    private static Command CreateBuild()
    {
        var path = new Argument<string>("path") { Description = "Publish folder, project file or folder with a project" };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Folder of the image; NAME.image in the current folder when absent",
            HelpName = "folder",
        };
        var kernel = new Option<string?>("--kernel")
        {
            Description = "Kernel of the image: vmlinuz, vmlinux or linux-image-*.deb; short for --vm-kernel",
            HelpName = "file",
        };
        var command = new Command("build", "Make an image that can be booted") { path, output, kernel };
        var settings = SettingCatalogue
            .Function.Where(static setting => setting.Key is not ("path" or "sandbox"))
            .Concat(SettingCatalogue.Node.Where(static setting => s_nodeKeys.Contains(setting.Key)))
            .ToList();
        var switches = new SwitchSettings(command, settings);
        command.SetAction(
            async (parsed, _) =>
            {
                var given = EnvironmentSettings
                    .Read(settings.Where(static setting => setting.Key != "handler"), HostVariables.All)
                    .With(switches.Read(parsed));
                if (parsed.GetValue(kernel) is { } file)
                {
                    given.Set("vmKernel", Path.GetFullPath(file));
                }

                var built = await BuildAsync(parsed.GetRequiredValue(path), parsed.GetValue(output), given);
                if (parsed.GetValue(CommandTree.Json))
                {
                    Terminal.Json(built);
                }
                else
                {
                    Print(built);
                }

                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static async Task<BuiltImage> BuildAsync(string path, string? output, SettingValues given)
    {
        var cache = given.Text("cache") is { Length: > 0 } folder ? folder : HostVariables.CacheFolder;
        var defaults = SettingValues.DefaultsOf(SettingCatalogue.Function).WithDefault("region", HostVariables.Region);
        var prepared = new FunctionPreparer(cache).Prepare(null, path, defaults, given);
        var builder = new ImageBuilder(MachineSettings.Read(given, cache), static what => Terminal.Note($"{what} ..."));
        return await builder.BuildAsync(prepared.Definition, output ?? $"{prepared.Definition.Name}.image");
    }

    private static void Print(BuiltImage built)
    {
        Terminal.Table(
            ["Layer", "MiB", "SHA-256", "Cache", "Seconds"],
            [
                .. built.Files.Select(static file =>
                    (IReadOnlyList<string>)
                        [
                            file.Layer,
                            (file.Bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture),
                            file.Digest[..16],
                            file.Cached ? "hit" : "-",
                            file.Seconds.ToString("F2", CultureInfo.InvariantCulture),
                        ]
                ),
            ]
        );
        Console.Out.WriteLine($"{built.Folder}: {built.Digest}");
    }
}
