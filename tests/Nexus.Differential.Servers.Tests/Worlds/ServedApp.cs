namespace Nexus.Differential.Servers.Tests.Worlds;

/// <summary>One program and its variables.</summary>
/// <param name="Name">Name in the tests.</param>
/// <param name="Function">Folder in <c>test-functions/</c>.</param>
/// <param name="Variables">Its environment besides.</param>
internal sealed record ServedApp(string Name, string Function, params (string Name, string Value)[] Variables)
{
    public static ServedApp Gallery { get; } = new("gallery", "Gallery");

    public static ServedApp Ledger { get; } = new("ledger", "Ledger", ("LEDGER_TABLE", "ledger"));

    public static ServedApp ChatRoom { get; } = new("chat", "ChatRoom");

    public static ServedApp Classic { get; } = new("classic", "Classic");

    public static ServedApp ClassicWebHost { get; } = new("classic-web-host", "Classic", ("CLASSIC_HOST", "web-host"));

    public static ServedApp ClassicBuilder { get; } = new("classic-builder", "Classic", ("CLASSIC_HOST", "web-host-builder"));

    public static IReadOnlyList<ServedApp> All { get; } = [Gallery, Ledger, ChatRoom, Classic, ClassicWebHost, ClassicBuilder];
}
