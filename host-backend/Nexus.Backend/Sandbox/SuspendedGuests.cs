using System.Collections.Concurrent;

namespace Nexus.Backend.Sandbox;

/// <summary>Suspended machines by a key of their maker's, each made when it is first asked for.</summary>
internal sealed class SuspendedGuests
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SuspendedGuest?>>> _guests = new(StringComparer.Ordinal);

    /// <summary>All who ask meanwhile wait for one making. One that gave nothing, or failed, is forgotten: the next to ask tries again.</summary>
    /// <param name="key">Which one.</param>
    /// <param name="makeAsync">Makes it; null when it cannot be had.</param>
    public async Task<SuspendedGuest?> FindAsync(string key, Func<Task<SuspendedGuest?>> makeAsync)
    {
        var making = _guests.GetOrAdd(key, _ => new Lazy<Task<SuspendedGuest?>>(makeAsync));
        SuspendedGuest? result = null;
        try
        {
            return result = await making.Value.ConfigureAwait(false);
        }
        finally
        {
            if (result is null)
            {
                _guests.TryRemove(new KeyValuePair<string, Lazy<Task<SuspendedGuest?>>>(key, making));
            }
        }
    }

    /// <summary>Gives one that is there already.</summary>
    public void Use(string key, SuspendedGuest guest) =>
        _guests[key] = new Lazy<Task<SuspendedGuest?>>(Task.FromResult<SuspendedGuest?>(guest));
}
