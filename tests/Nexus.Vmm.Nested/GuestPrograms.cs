namespace Nexus.Vmm.Nested;

/// <summary>The native programs that go into the machines.</summary>
/// <param name="Init">The first program of the guests, and of the outer machine.</param>
/// <param name="Monitor">The monitor under test.</param>
internal sealed record GuestPrograms(string Init, string Monitor)
{
    public static GuestPrograms? Publish(string root, string work)
    {
        var init = Path.Combine(work, "init");
        var monitor = Path.Combine(work, "monitor");
        return
            Tool.Run("dotnet", root, "publish", "tests/Nexus.Vmm.Guest", "-c", "Release", "-v", "q", "-o", init) is null
            || Tool.Run("dotnet", root, "publish", "vmm/Nexus.Vmm.Monitor", "-c", "Release", "-v", "q", "-o", monitor) is null
            ? null
            : new GuestPrograms(Path.Combine(init, "nexus-test-init"), Path.Combine(monitor, "nexus-vmm"));
    }
}
