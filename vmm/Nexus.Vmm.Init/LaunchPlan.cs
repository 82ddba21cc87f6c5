using System.Globalization;
using System.Net;
using System.Text;

namespace Nexus.Vmm.Init;

/// <summary>
/// What to run and in which root, as whoever starts the machine has written it: fields that end with a zero byte, <c>layer=DEVICE:FOLDER</c> (a read-only image and
/// where it belongs, the root first), <c>tmp=MIB</c>, <c>memory=MIB</c> (what the command may use; no limit without it), <c>folder=PATH</c>, <c>net=ADDRESS/PREFIX,GATEWAY</c> (for a machine with a network card), <c>word=TEXT</c> (the command, word by word) and <c>env=NAME=VALUE</c>.
/// </summary>
internal sealed record LaunchPlan
{
    /// <summary>Where the monitor puts it.</summary>
    public const string Path = "/nexus/launch";

    public List<(string Device, string Folder)> Layers { get; } = [];

    public List<string> Words { get; } = [];

    public List<string> Variables { get; } = [];

    /// <summary>Size of /tmp in MiB.</summary>
    public int TmpMib { get; private set; } = 64;

    /// <summary>What the command may use of the memory, in MiB; 0 for all that there is.</summary>
    public int MemoryMib { get; private set; }

    /// <summary>Address, network and gateway of the network card; null for none.</summary>
    public (IPAddress Address, int Prefix, IPAddress Gateway)? Network { get; private set; }

    /// <summary>The working folder.</summary>
    public string Folder { get; private set; } = "/";

    /// <exception cref="InvalidDataException">It is not such a text.</exception>
    public static LaunchPlan Parse(ReadOnlySpan<byte> text)
    {
        var plan = new LaunchPlan();
        foreach (var field in Encoding.UTF8.GetString(text).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = field.IndexOf('=', StringComparison.Ordinal);
            var value = at < 0 ? "" : field[(at + 1)..];
            switch (at < 0 ? "" : field[..at])
            {
                case "layer" when value.Split(':') is [{ Length: > 0 } device, { Length: > 0 } folder]:
                    plan.Layers.Add((device, folder));
                    break;
                case "tmp" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size):
                    plan.TmpMib = size;
                    break;
                case "memory" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size):
                    plan.MemoryMib = size;
                    break;
                case "net"
                    when value.Split('/', ',') is [var address, var prefix, var gateway]
                        && IPAddress.TryParse(address, out var own)
                        && int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                        && bits <= 32
                        && IPAddress.TryParse(gateway, out var next):
                    plan.Network = (own, bits, next);
                    break;
                case "folder":
                    plan.Folder = value;
                    break;
                case "word":
                    plan.Words.Add(value);
                    break;
                case "env":
                    plan.Variables.Add(value);
                    break;
                default:
                    throw new InvalidDataException($"{Path}: {field}");
            }
        }

        return plan.Layers.Count > 0 && plan.Words.Count > 0 ? plan : throw new InvalidDataException($"{Path}: no layer or no command");
    }
}
