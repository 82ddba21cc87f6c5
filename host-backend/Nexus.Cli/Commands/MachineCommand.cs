using System.CommandLine;
using System.Text;
using Nexus.Backend.Images;
using Nexus.Backend.Instances;
using Nexus.Backend.Node;
using Nexus.Cli.Configuration;
using Nexus.Cli.Functions;
using Nexus.Cli.Output;

namespace Nexus.Cli.Commands;

/// <summary><c>nexus vm</c>: one virtual machine by hand, and what its files hold.</summary>
internal static class MachineCommand
{
    private const string SnapshotName = "machine.snapshot";

    public static Command Create() =>
        new("vm", "Boot, snapshot and restore a virtual machine, or look at its files")
        {
            new MachineSwitches("boot", "Boot an image and show how long each stage takes", hasEvent: true).WithAction(BootAsync),
            new MachineSwitches("snapshot", "Boot an image until its function is made, and write a snapshot", hasFile: true).WithAction(
                SnapshotAsync
            ),
            new MachineSwitches("restore", "Start an image's machine from a snapshot", hasEvent: true, hasFile: true).WithAction(
                RestoreAsync
            ),
            InspectCommand.Create(),
        };

    private static async Task<int> BootAsync(MachineRequest request)
    {
        var image = MachineImage.Load(request.Image);
        var stages = new StageTimes();
        await using var node = await StartNodeAsync(image, request, stages, snapshot: false);
        if (image.Handler.Length == 0)
        {
            var code = await ProgramRunner.RunAsync(node, image.ToFunction(request.Image), [], request.Json, request.Cancellation);
            stages.ThrowIfFailed();
            Report(request, image, stages, null);
            return code;
        }

        return await RunAsync(node, image, request, stages);
    }

    private static async Task<int> SnapshotAsync(MachineRequest request)
    {
        var image = MachineImage.Load(request.Image);
        var stages = new StageTimes();
        await using var node = await StartNodeAsync(image, request, stages, snapshot: true);
        try
        {
            await new MachineSnapshots(node.Services, request.KeyFile).TakeAsync(image, request.Image, FileOf(request));
        }
        catch (Nexus.Diagnostics.NexusException)
        {
            stages.ThrowIfFailed();
            throw;
        }

        stages.Note("saved");
        Report(request, image, stages, null);
        return ExitCodes.Ok;
    }

    private static async Task<int> RestoreAsync(MachineRequest request)
    {
        var image = MachineImage.Load(request.Image);
        var stages = new StageTimes();
        await using var node = await StartNodeAsync(image, request, stages, snapshot: true);
        await new MachineSnapshots(node.Services, request.KeyFile).UseAsync(image, FileOf(request));
        return await RunAsync(node, image, request, stages);
    }

    /// <summary>Starts the function's machine and, with an event, invokes it.</summary>
    private static async Task<int> RunAsync(NexusNode node, MachineImage image, MachineRequest request, StageTimes stages)
    {
        var pool = node.Functions[image.Name];
        var result = await pool.WarmAsync();
        stages.ThrowIfFailed();
        if (result is null)
        {
            stages.Note("ready");
            if (request.EventFile is not null)
            {
                var invocation = new Invocation
                {
                    RequestId = Guid.NewGuid().ToString(),
                    Payload = EventReader.Read(request.EventFile),
                    FunctionArn = pool.Function.Arn,
                };
                result = await pool.InvokeAsync(invocation);
                stages.Note("answered");
            }
        }

        Report(request, image, stages, result);
        return result?.FunctionError is null ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static Task<NexusNode> StartNodeAsync(MachineImage image, MachineRequest request, StageTimes stages, bool snapshot)
    {
        var function = image.ToFunction(request.Image) with { Snapshot = snapshot };
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            Functions = image.Handler.Length > 0 ? [function] : [],
            Quiet = request.Json,
            DrainSeconds = 1,
            Machines = MachineSettings.Read(request.Given, request.Cache) with
            {
                Kernel = Path.GetFullPath(Path.Combine(request.Image, image.Kernel.Name)),
                Modules = image.Modules is { } modules ? Path.GetFullPath(Path.Combine(request.Image, modules.Name)) : "",
                KernelParameters = $"{image.KernelParameters} {request.Append}".Trim(),
                Stages = (_, stage, at) => stages.Note(stage, at),
            },
        };
        return NexusNode.StartAsync(options, request.Cancellation);
    }

    private static void Report(MachineRequest request, MachineImage image, StageTimes stages, InvocationResult? result)
    {
        if (request.Json)
        {
            Terminal.Json(
                new
                {
                    image.Name,
                    image.Digest,
                    Stages = stages.All,
                    Result = result is null ? null : PayloadText.ToJson(result.Payload.Span),
                    result?.FunctionError,
                }
            );
            return;
        }

        stages.Print();
        if (result is not null)
        {
            Console.Out.WriteLine(Encoding.UTF8.GetString(result.Payload.Span));
        }
    }

    private static string FileOf(MachineRequest request) => request.File ?? Path.Combine(request.Image, SnapshotName);
}
