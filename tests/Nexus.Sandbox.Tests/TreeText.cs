using System.Security.Cryptography;
using System.Text;

namespace Nexus.Sandbox.Tests;

/// <summary>Everything that can be read below a folder, as one hash: names, kinds, lengths, content, targets of links and the right to execute.</summary>
internal static class TreeText
{
    public static string Of(string folder)
    {
        var text = new StringBuilder();
        var entries = new DirectoryInfo(folder)
            .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .OrderBy(static e => e.FullName, StringComparer.Ordinal);
        var count = 0;
        foreach (var entry in entries)
        {
            count++;
            text.Append(Path.GetRelativePath(folder, entry.FullName)).Append(' ').Append(entry.LinkTarget);
            if (entry is FileInfo file && entry.LinkTarget is null)
            {
                var isProgram = (entry.UnixFileMode & UnixFileMode.UserExecute) != 0;
                text.Append(file.Length).Append(isProgram).Append(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))));
            }

            text.Append('\n');
        }

        return $"{count} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))}";
    }
}
