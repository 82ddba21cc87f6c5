namespace Nexus.TestKit.Machines;

/// <summary>What functions need to run in virtual machines here: KVM, a kernel, and the monitor and first program compiled from these sources.</summary>
/// <param name="Kernel">The guests' kernel.</param>
public sealed record MachineSupport(TestKernel Kernel)
{
    /// <summary>Folder of the programs.</summary>
    public static string Programs => NativeProgram.Folder;

    /// <summary>All of it, or the reason why functions cannot run in virtual machines here.</summary>
    public static async Task<(MachineSupport? Support, string Reason)> FindAsync(CancellationToken cancellation = default)
    {
        try
        {
            File.OpenHandle("/dev/kvm", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return (null, $"No virtual machines: {refusal.Message}");
        }

        var (kernel, reason) = TestKernel.Find();
        if (kernel is null || NativeProgram.MissingTool() is not null)
        {
            return (null, kernel is null ? reason : NativeProgram.MissingTool()!);
        }

        await NativeProgram.Monitor.PublishAsync(cancellation);
        await NativeProgram.Init.PublishAsync(cancellation);
        return (new MachineSupport(kernel), "");
    }
}
