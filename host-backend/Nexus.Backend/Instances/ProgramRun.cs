using Microsoft.Win32.SafeHandles;
using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;
using Nexus.Channel;
using Nexus.Channel.Interop;

namespace Nexus.Backend.Instances;

/// <summary>
/// Runs a program with a <c>Main</c> of its own to its end, in a sandbox, its calls executed by this node.
/// It gets this process's standard input.
/// </summary>
public static class ProgramRun
{
    /// <summary>Returns how it ended; all it printed has been written then.</summary>
    /// <param name="program">The program; its timeout bounds the run, infinite for as long as it takes.</param>
    /// <param name="services">The node's.</param>
    /// <param name="output">Receives its standard output.</param>
    /// <param name="error">Receives its standard error.</param>
    /// <param name="started">Gets the sandbox as soon as it runs, for looking at it from outside.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <exception cref="Diagnostics.NexusException">The sandbox cannot be had here.</exception>
    /// <exception cref="TimeoutException">It was killed when its time was over.</exception>
    public static async Task<SandboxExit> RunAsync(
        FunctionDefinition program,
        InstanceServices services,
        Stream output,
        Stream error,
        Action<SandboxProcess>? started,
        CancellationToken cancellation
    )
    {
        using var toBackend = EventDoorbell.Create();
        using var toGuest = EventDoorbell.Create();
        var region = ChannelRegion.Create(services.ChannelOptions);
        SandboxProcess? process = null;
        using var peer = new ChannelPeer(
            region,
            ChannelRole.Backend,
            toGuest,
            toBackend,
            call => _ = CallDispatch.RunAsync(call, program, services, violation => process?.Kill())
        );
        var key = services.Pump.Add(peer, toBackend);
        await using var beat = new Timer(_ => peer.Beat(), null, 1000, 1000);
        try
        {
            using var input = new SafeFileHandle(0, ownsHandle: false);
            var descriptors = new Dictionary<int, System.Runtime.InteropServices.SafeHandle>
            {
                [0] = input,
                [3] = region.Descriptor!,
                [4] = toBackend.Descriptor,
                [5] = toGuest.Descriptor,
            };
            process = await services
                .SandboxFor(program.Sandbox)
                .StartAsync(LaunchSpecification.Of(program, descriptors), cancellation)
                .ConfigureAwait(false);
            started?.Invoke(process);
            var copies = Task.WhenAll(
                process.Output.CopyToAsync(output, CancellationToken.None),
                process.Error.CopyToAsync(error, CancellationToken.None)
            );
            var exit = await process.Exited.WaitAsync(program.Timeout, cancellation).ConfigureAwait(false);
            await copies.ConfigureAwait(false);
            return exit;
        }
        finally
        {
            services.Pump.Remove(key, toBackend);
            if (process is not null)
            {
                await process.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
