using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;
using Nexus.Channel;
using Nexus.Channel.Interop;

namespace Nexus.Backend.Instances;

/// <summary>
/// Machines that stand still after their function has been made, has joined a channel and has answered an event, twice: what a first invocation costs, they have paid. A clone
/// finds its channel taken over by another backend, as an instance that survived one does.
/// </summary>
internal sealed class RehearsedMachines(InstanceServices services)
{
    /// <summary>The session of a guest's first backend is 1, and once it was restarted.</summary>
    public const uint LastSession = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // Beyond the guest's own wait before it collects.
    private static readonly TimeSpan s_collection = TimeSpan.FromMilliseconds(300);

    // The clone that has just been launched needs the processors more.
    private static readonly TimeSpan s_refill = TimeSpan.FromMilliseconds(200);
    private readonly SuspendedGuests _taken = new();
    private readonly ConcurrentDictionary<string, Instance> _standby = new();
    private readonly ConcurrentDictionary<string, bool> _closed = new();

    /// <summary>The machine of a function, made when it is first asked for; null when it cannot be had, and the next start tries again.</summary>
    public Task<SuspendedGuest?> FindAsync(FunctionDefinition function) => _taken.FindAsync(function.Name, () => FindOrTakeAsync(function));

    /// <summary>A clone that was restored ahead, if the function has one; the next is then made ready.</summary>
    public Instance? TakeStandby(FunctionDefinition function, SuspendedGuest from)
    {
        if (!function.Standby)
        {
            return null;
        }

        var taken = _standby.TryRemove(function.Name, out var instance) && instance.IsAlive ? instance : null;
        _ = RefillAsync(function, from);
        return taken;
    }

    /// <summary>Ends what was made ahead for a function; nothing more is.</summary>
    public async Task CloseAsync(string function)
    {
        _closed[function] = true;
        if (_standby.TryRemove(function, out var instance))
        {
            await instance.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task RefillAsync(FunctionDefinition function, SuspendedGuest from)
    {
        await Task.Delay(s_refill).ConfigureAwait(false);
        if (_closed.ContainsKey(function.Name) || _standby.ContainsKey(function.Name))
        {
            return;
        }

        try
        {
            var next = await Instance
                .StartAsync(function, services, from, into: null, isHeld: true, CancellationToken.None)
                .ConfigureAwait(false);
            if (!_standby.TryAdd(function.Name, next) || (_closed.ContainsKey(function.Name) && _standby.TryRemove(function.Name, out _)))
            {
                await next.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Diagnostics.NexusException failure)
        {
            InstanceLogMessages.StartFailed(services.Logger, function.Name, failure);
        }
    }

    /// <summary>One that an earlier backend has left is as good: which pages its first clone touches is recorded anew.</summary>
    private Task<SuspendedGuest?> FindOrTakeAsync(FunctionDefinition function)
    {
        var machines = (VirtualMachineSandbox)services.SandboxFor(function.Sandbox);
        // Only its size matters: each clone has a region of its own.
        var region = ChannelRegion.Create(services.ChannelOptions);
        var spec = LaunchSpecification.Of(function, new Dictionary<int, SafeHandle> { [3] = region.Descriptor! });
        return machines.FindOrMakeAsync(
            function.Name,
            spec,
            ["rehearsed", Convert.ToHexStringLower(SHA256.HashData(function.SnapshotEvent!.Value.Span))],
            () => TakeAsync(function)
        );
    }

    private async Task<SuspendedGuest?> TakeAsync(FunctionDefinition function)
    {
        var guest = SuspendedGuest.Create();
        var isWhole = false;
        try
        {
            isWhole = await SuspendAsync(function, guest).ConfigureAwait(false);
            return isWhole ? guest : null;
        }
        catch (TimeoutException)
        {
            // Its machine is ended, and the function starts without.
            return null;
        }
        finally
        {
            if (!isWhole)
            {
                guest.Dispose();
            }
        }
    }

    private async Task<bool> SuspendAsync(FunctionDefinition function, SuspendedGuest guest)
    {
        using var trigger = EventDoorbell.Create();
        await using var instance = await Instance
            .StartAsync(function, services, from: null, new Suspension(guest, trigger.Descriptor), isHeld: false, CancellationToken.None)
            .ConfigureAwait(false);
        if (!await RehearseAsync(instance, function).ConfigureAwait(false))
        {
            return false;
        }

        trigger.Ring();
        var exit = await instance.Process.Exited.WaitAsync(s_patience).ConfigureAwait(false);
        return exit.ExitCode == 0;
    }

    /// <summary>False where nothing is worth keeping: the function cannot be made, or does not outlive the event.</summary>
    private static async Task<bool> RehearseAsync(Instance instance, FunctionDefinition function)
    {
        var error = await instance.Ready.WaitAsync(s_patience).ConfigureAwait(false);
        if (error.Length > 0 || !instance.IsAlive)
        {
            return false;
        }

        if (!await AnswersAsync(instance, function).ConfigureAwait(false))
        {
            return false;
        }

        // What the first answer left behind is collected; what is needed anew after a collection, the second one has touched. Meanwhile the guest joins another session,
        // which is what a clone begins with.
        instance.Peer.RestartSession();
        await Task.Delay(s_collection + TimeSpan.FromMilliseconds(function.IdleCollectMilliseconds)).ConfigureAwait(false);
        return await AnswersAsync(instance, function).ConfigureAwait(false);
    }

    /// <summary>What it answers, an error included, is in its log; only that the machine lives on counts.</summary>
    private static async Task<bool> AnswersAsync(Instance instance, FunctionDefinition function)
    {
        var rehearsal = new Invocation
        {
            RequestId = Guid.NewGuid().ToString(),
            Payload = function.SnapshotEvent!.Value,
            FunctionArn = function.Arn,
        };
        var result = await instance.InvokeAsync(rehearsal, function.Timeout).ConfigureAwait(false);
        return !result.EndsInstance && instance.IsAlive && !instance.Peer.IsClosed;
    }
}
