extern alias channel;

using System.Text.RegularExpressions;
using channel::Nexus.Channel;
using channel::Nexus.Channel.Interop;
using channel::Nexus.Channel.TestPeer;
using Nexus.Diagnostics;
using Nexus.Vmm.Devices.Control;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Snapshots;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Linux;

/// <summary>A guest that is suspended where it would join its channel, and clones that join channels of their own.</summary>
[TestClass]
[TestCategory(Host.Kvm)]
public sealed partial class LinuxSuspensionTests
{
    private static readonly ChannelOptions Options = new(256, 1 << 20);
    private static readonly byte[] Key = new byte[SnapshotFormat.KeyBytes];
    private static readonly byte[] Media = [.. Enumerable.Range(0, SnapshotFormat.MediaBytes).Select(static i => (byte)i)];

    [TestMethod]
    public async Task Resume_TwiceAtOnceOnceFromAFile_EachCloneHasItsOwnChannelAndEntropy()
    {
        using var kvm = Host.OpenKvm();
        var parts = await Host.PartsAsync();
        using var memory = MemoryMapping.CreateMemory("memory", 0);
        using var state = MemoryMapping.CreateMemory("state", 0);
        var sample = ChannelRegion.Create(Options);
        await SuspendAsync(kvm, parts, memory, state, new OwnedDescriptor(sample.Descriptor!.Number, ownsHandle: false).Length);

        using var file = new MemoryStream();
        SuspendedMachine.Save(memory, state, Media, file, Key);
        Refused(file, [.. Media.Select(static b => (byte)(b + 1))], VmmDiagnostics.SnapshotMismatch);
        CollectionAssert.AreEqual(
            new[] { "entropy", "balloon", "console" },
            StateSummary.Of(state.ReadAll()).Devices.ToArray(),
            "the devices of a snapshot are read without a machine"
        );
        using var otherMemory = MemoryMapping.CreateMemory("memory", 0);
        using var otherState = MemoryMapping.CreateMemory("state", 0);
        file.Position = 0;
        SuspendedMachine.Load(file, Key, Media, otherMemory, otherState);

        await using var one = new Clone(kvm, memory, state);
        await using var two = new Clone(kvm, otherMemory, otherState);
        await Task.WhenAll(one.ServesAsync(), two.ServesAsync());

        Assert.AreNotEqual(one.Random, two.Random);
    }

    [TestMethod]
    public async Task Resume_MemoryThatCanStillBeChanged_IsRefused()
    {
        using var kvm = Host.OpenKvm();
        using var memory = MemoryMapping.CreateMemory("memory", LinuxGuest.MemoryBytes);
        using var state = MemoryMapping.CreateMemory("state", 4096);
        MemoryMapping.Seal(state, content: true);

        var failure = Assert.ThrowsExactly<NexusException>(() =>
            SuspendedMachine.Resume(kvm, new MachineOptions { MemoryBytes = LinuxGuest.MemoryBytes }, memory, state)
        );

        Assert.AreEqual(VmmDiagnostics.BadMachine, failure.Diagnostic);
        await Task.CompletedTask;
    }

    private static void Refused(Stream file, byte[] media, Diagnostic expected)
    {
        using var memory = MemoryMapping.CreateMemory("memory", 0);
        using var state = MemoryMapping.CreateMemory("state", 0);
        file.Position = 0;
        var failure = Assert.ThrowsExactly<NexusException>(() => SuspendedMachine.Load(file, Key, media, memory, state));
        Assert.AreEqual(expected, failure.Diagnostic);
    }

    private static async Task SuspendAsync(KvmSystem kvm, GuestParts parts, OwnedDescriptor memory, OwnedDescriptor state, long regionBytes)
    {
        using var machine = LinuxGuest.Boot(
            kvm,
            parts,
            "channel",
            new MachineOptions { MemoryFile = memory, AnnouncedSharedBytes = regionBytes }
        );
        machine.Devices.Control.Answer = ControlRegisters.Wait;
        machine.Start();
        Assert.IsTrue(await machine.Devices.Control.Asked.Within(machine), machine.ConsoleText);
        Assert.IsTrue(SuspendedMachine.Suspend(machine, state));
    }

    [GeneratedRegex("guest: serving (?<random>[0-9A-F]{32})\\r?\\n")]
    private static partial Regex Serving();

    private sealed class Clone : IAsyncDisposable
    {
        private readonly ChannelRegion _region = ChannelRegion.Create(Options);
        private readonly EventDoorbell _toGuest = EventDoorbell.Create();
        private readonly EventDoorbell _toBackend = EventDoorbell.Create();
        private readonly ChannelPump _pump = new("host", mostThreads: 2, spinMicroseconds: 0);
        private readonly ChannelPeer _peer;
        private readonly Timer _beats;
        private readonly VirtualMachine _machine;

        public Clone(KvmSystem kvm, OwnedDescriptor memory, OwnedDescriptor state)
        {
            var shared = new SharedRegionOptions(
                new OwnedDescriptor(_region.Descriptor!.Number, ownsHandle: false),
                new EventFile(_toBackend.Descriptor.Number, ownsHandle: false),
                new EventFile(_toGuest.Descriptor.Number, ownsHandle: false)
            );
            var options = new MachineOptions
            {
                MemoryBytes = LinuxGuest.MemoryBytes,
                SerialOutput = LiveConsole.Show,
                Shared = shared,
            };
            _machine = SuspendedMachine.Resume(kvm, options, memory, state);
            _peer = new ChannelPeer(_region, ChannelRole.Backend, _toGuest, _toBackend, new TestService().Accept);
            _pump.Add(_peer, _toBackend);
            _pump.Start();
            _beats = new Timer(_ => _peer.Beat(), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            _machine.Start();
        }

        public string Random => Serving().Match(_machine.ConsoleText).Groups["random"].Value;

        public async Task ServesAsync()
        {
            await _machine.Prints("guest: serving");
            await _peer.EchoAsync(100_000, blockBytes: 64 * 1024, TimeSpan.FromSeconds(30));
            for (var attempt = 0; attempt < 400 && Random.Length == 0; attempt++)
            {
                await Task.Delay(5);
            }

            Assert.AreNotEqual("", Random, _machine.ConsoleText);
        }

        public async ValueTask DisposeAsync()
        {
            await _beats.DisposeAsync();
            _peer.Dispose();
            _pump.Dispose();
            _machine.Dispose();
            _toGuest.Dispose();
            _toBackend.Dispose();
        }
    }
}
