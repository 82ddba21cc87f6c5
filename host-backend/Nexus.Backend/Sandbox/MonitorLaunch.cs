using System.Runtime.InteropServices;

namespace Nexus.Backend.Sandbox;

/// <summary>The words of a monitor's command line, and the descriptors that they name.</summary>
/// <param name="descriptors">Those with numbers of their own.</param>
internal sealed class MonitorLaunch(IReadOnlyDictionary<int, SafeHandle> descriptors) : IDisposable
{
    private readonly List<string> _words = [];
    private readonly List<SafeHandle> _owned = [];
    private readonly Dictionary<int, SafeHandle> _descriptors = new(descriptors);
    private int _next = Math.Max(3, descriptors.Keys.DefaultIfEmpty().Max() + 1);

    public IReadOnlyList<string> Words => _words;

    public IReadOnlyDictionary<int, SafeHandle> Descriptors => _descriptors;

    public void Add(params ReadOnlySpan<string> words) => _words.AddRange(words);

    /// <summary>A switch whose value is an open file.</summary>
    /// <param name="name">The switch.</param>
    /// <param name="file">The file.</param>
    /// <param name="owned">Whether it is closed with this object.</param>
    public void Add(string name, SafeHandle file, bool owned = true)
    {
        if (owned)
        {
            _owned.Add(file);
        }

        _descriptors[_next] = file;
        // None of these is a file that could be read.
        Add(name, name is "--kvm" or "--suspend-on" or "--record-on" ? $"{_next}" : $"fd:{_next}");
        _next++;
    }

    public void Dispose() => _owned.ForEach(static handle => handle.Dispose());
}
