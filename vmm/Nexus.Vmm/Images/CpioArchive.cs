using System.Buffers;
using System.Text;

namespace Nexus.Vmm.Images;

/// <summary>
/// An initial file system (the kernel's Documentation/driver-api/early-userspace/buffer-format.rst, "newc"). Everything belongs to root and has no time, so that
/// equal content gives equal bytes, whoever builds it.
/// </summary>
internal sealed class CpioArchive
{
    private const uint DirectoryMode = 0x41ED;
    private const uint FileMode = 0x81A4;
    private const uint ProgramMode = 0x81ED;
    private const uint LinkMode = 0xA1FF;
    private const uint DeviceMode = 0x2180;
    private readonly HashSet<string> _folders = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private uint _number;

    /// <summary>A folder and those above it.</summary>
    public void AddFolder(string path)
    {
        path = path.Trim('/');
        if (path.Length == 0 || !_folders.Add(path))
        {
            return;
        }

        AddFolder(Path.GetDirectoryName(path) ?? "");
        Add(path, DirectoryMode, [], 0, 0);
    }

    /// <summary>A file, and the folders above it.</summary>
    public void AddFile(string path, ReadOnlySpan<byte> content, bool isProgram = false)
    {
        AddFolder(Path.GetDirectoryName(path.Trim('/')) ?? "");
        Add(path.Trim('/'), isProgram ? ProgramMode : FileMode, content, 0, 0);
    }

    /// <summary>A symbolic link.</summary>
    public void AddLink(string path, string target)
    {
        AddFolder(Path.GetDirectoryName(path.Trim('/')) ?? "");
        Add(path.Trim('/'), LinkMode, Encoding.UTF8.GetBytes(target), 0, 0);
    }

    /// <summary>A character device; the console must exist before the first program does.</summary>
    public void AddDevice(string path, uint major, uint minor)
    {
        AddFolder(Path.GetDirectoryName(path.Trim('/')) ?? "");
        Add(path.Trim('/'), DeviceMode, [], major, minor);
    }

    /// <summary>Everything below a folder; links are followed, files that may be executed stay so.</summary>
    public void AddTree(string target, string source)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var isProgram = (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) != 0;
            AddFile($"{target}/{Path.GetRelativePath(source, file)}", File.ReadAllBytes(file), isProgram);
        }
    }

    /// <summary>The archive with its end; nothing can be added afterwards.</summary>
    public byte[] Finish()
    {
        Add("TRAILER!!!", 0, [], 0, 0);
        return _bytes.WrittenSpan.ToArray();
    }

    private void Add(string path, uint mode, ReadOnlySpan<byte> content, uint major, uint minor)
    {
        var name = Encoding.UTF8.GetBytes(path);
        uint[] fields = [++_number, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, major, minor, (uint)name.Length + 1, 0];
        var header = new StringBuilder("070701");
        foreach (var field in fields)
        {
            header.Append(field.ToString("x8", System.Globalization.CultureInfo.InvariantCulture));
        }

        _bytes.Write(Encoding.ASCII.GetBytes(header.ToString()));
        _bytes.Write(name);
        _bytes.Write((ReadOnlySpan<byte>)[0]);
        Pad();
        _bytes.Write(content);
        Pad();
    }

    private void Pad()
    {
        while (_bytes.WrittenCount % 4 != 0)
        {
            _bytes.Write((ReadOnlySpan<byte>)[0]);
        }
    }
}
