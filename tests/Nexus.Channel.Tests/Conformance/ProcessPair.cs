using System.Diagnostics;
using System.Globalization;
using Nexus.Channel.Interop;
using Nexus.Channel.TestPeer;

namespace Nexus.Channel.Tests.Conformance;

/// <summary>The far end is a process of its own.</summary>
internal sealed class ProcessPair : TestPair
{
    private static readonly Lock Starting = new();
    private readonly Process _process;
    private readonly FileDescriptor _memory;
    private readonly ChannelOptions _options;

    public ProcessPair(ChannelOptions options)
        : this(ChannelRegion.Create(options), options) { }

    private ProcessPair(ChannelRegion region, ChannelOptions options)
        : base(region)
    {
        _options = options;
        _memory = Descriptors.Duplicate(region.Descriptor!);
        var program = typeof(TestService).Assembly.Location;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
        };
        lock (Starting)
        {
            FileDescriptor[] inherited = [.. new[] { _memory, ToBackend.Descriptor, ToGuest.Descriptor }.Select(Descriptors.Inheritable)];
            start.ArgumentList.Add(program);
            foreach (var descriptor in inherited)
            {
                start.ArgumentList.Add(descriptor.Number.ToString(CultureInfo.InvariantCulture));
            }

            _process = Process.Start(start)!;
            foreach (var descriptor in inherited)
            {
                descriptor.Dispose();
            }
        }

        StartNear();
    }

    public override FileDescriptor? Memory => _memory;

    public override void KillFar()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    protected override ChannelRegion AnotherMapping() => ChannelRegion.Attach(Descriptors.Duplicate(_memory), _options);

    protected override async Task StopFarAsync()
    {
        _process.StandardInput.Close();
        using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(watchdog.Token);
        _process.Dispose();
        _memory.Dispose();
    }
}
