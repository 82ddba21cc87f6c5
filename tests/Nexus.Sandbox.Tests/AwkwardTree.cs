namespace Nexus.Sandbox.Tests;

/// <summary>A folder with whatever an image's format could get wrong.</summary>
internal static class AwkwardTree
{
    private const int ManyFiles = 700;

    /// <summary>Makes it below a new folder.</summary>
    public static void Make(string folder)
    {
        var many = Directory.CreateDirectory(Path.Combine(folder, "many")).FullName;
        for (var i = 0; i < ManyFiles; i++)
        {
            // Names of every length, so that they meet the ends of blocks in every way.
            File.WriteAllText(Path.Combine(many, $"{i:x}-{new string((char)('a' + (i % 26)), i % 200)}"), $"content {i}");
        }

        // Before "." and behind it in the order of bytes, and beyond ASCII.
        foreach (var name in new[] { "!first", "-option", ".hidden", "~last", "ünïcode", "日本", new string('n', 255) })
        {
            File.WriteAllText(Path.Combine(folder, name), name);
        }

        File.WriteAllBytes(Path.Combine(folder, "empty"), []);
        foreach (var (name, length) in new[] { ("block", 4096), ("block-and-one", 4097), ("large", 5_000_001) })
        {
            var content = new byte[length];
            new Random(length).NextBytes(content);
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }

        Directory.CreateDirectory(Path.Combine(folder, "empty-folder"));
        Directory.CreateDirectory(Path.Combine(folder, "a", "b", "c"));
        File.WriteAllText(Path.Combine(folder, "a", "b", "c", "deep"), "deep");
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "a/b/c/deep");
        File.CreateSymbolicLink(Path.Combine(folder, "folder-link"), "a/b");
        var program = Path.Combine(folder, "program");
        File.WriteAllText(program, "#!/bin/sh");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
