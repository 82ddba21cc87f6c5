using System.Diagnostics;
using Nexus.Backend.Functions;
using Nexus.Backend.Interop;
using Nexus.Backend.Kernels;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Images;

/// <summary>Makes images that can be booted, from functions that are prepared.</summary>
/// <param name="options">Kernel, programs and the cache of layers.</param>
/// <param name="progress">Told what is being done.</param>
public sealed class ImageBuilder(VirtualMachineOptions options, Action<string> progress)
{
    private const string KernelName = "kernel";
    private const string ModulesName = "modules.cpio";
    private const string RuntimeName = "runtime.erofs";
    private const string FunctionName = "function.erofs";

    /// <summary>Writes the folder; what it held of an earlier image is replaced.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0210 to NEXUS0212, NEXUS0216 to NEXUS0218.</exception>
    /// <exception cref="MonitorException">NEXUS0910: the kernel is none.</exception>
    public async Task<BuiltImage> BuildAsync(FunctionDefinition function, string folder)
    {
        var used = GuestKernel.Prepare(options);
        await MonitorProgram.RunAsync(options.Programs, ["kernel", "--file", Path.GetFullPath(used.File)]).ConfigureAwait(false);
        Directory.CreateDirectory(folder);
        // Without it the folder is no image until all of it is there.
        File.Delete(Path.Combine(folder, MachineImage.FileName));
        var dotnet = DotnetRoot.Find();
        var kernel = Copy("kernel", used.File, KernelName, folder);
        var modules = used.Modules.Length > 0 ? Copy("modules", used.Modules, ModulesName, folder) : null;
        var runtime = Add("runtime", RuntimeName, folder, () => GuestImages.Runtime(dotnet));
        var own = Add("function", FunctionName, folder, () => GuestImages.Function(function.AppFolder));
        var image = new MachineImage
        {
            Name = function.Name,
            Kernel = new MachineLayer(KernelName, kernel.Bytes, kernel.Digest),
            Modules = modules is null ? null : new MachineLayer(ModulesName, modules.Bytes, modules.Digest),
            KernelParameters = options.KernelParameters,
            Layers = [new MachineLayer(RuntimeName, runtime.Bytes, runtime.Digest), new MachineLayer(FunctionName, own.Bytes, own.Digest)],
            Command = function.Command(SandboxSpec.TaskRoot, Path.Combine(dotnet, "dotnet")),
            Handler = function.Handler,
            Region = function.Region,
            MemoryMb = function.MemoryMb,
            TmpMb = function.TmpMb,
            TimeoutSeconds = function.Timeout.TotalSeconds,
            LeanRuntime = function.LeanRuntime,
            Environment = function.Environment,
        };
        image.Save(folder);
        return new BuiltImage(
            Path.GetFullPath(folder),
            image.Digest,
            [kernel, .. modules is null ? Array.Empty<BuiltFile>() : [modules], runtime, own]
        );
    }

    private BuiltFile Copy(string layer, string source, string name, string folder)
    {
        var watch = Stopwatch.StartNew();
        progress(layer);
        var target = Path.Combine(folder, name);
        Place(source, target, mayShare: false);
        return Describe(layer, target, cached: false, watch);
    }

    private BuiltFile Add(string layer, string name, string folder, Func<ImageTree> tree)
    {
        var watch = Stopwatch.StartNew();
        progress(layer);
        var image = new ImageCache(options.Images).Find(tree());
        var target = Path.Combine(folder, name);
        Place(image.Path, target, mayShare: true);
        return Describe(layer, target, image.WasThere, watch);
    }

    private static BuiltFile Describe(string layer, string path, bool cached, Stopwatch watch) =>
        new(layer, new FileInfo(path).Length, MachineImage.DigestOf(path), cached, watch.Elapsed.TotalSeconds);

    /// <summary>Files of the cache never change, so one file serves both where both are on one file system.</summary>
    private static void Place(string source, string target, bool mayShare)
    {
        File.Delete(target);
        if (!mayShare || Native.Link(source, target) != 0)
        {
            File.Copy(source, target);
        }
    }
}
