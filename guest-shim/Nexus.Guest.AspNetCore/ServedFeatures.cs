using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace Nexus.Guest.AspNetCore;

/// <summary>The features of a request: those it implements itself, without a table, and what was set over or besides them.</summary>
internal sealed class ServedFeatures(ServedRequest request) : IFeatureCollection
{
    private Dictionary<Type, object?>? _set;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get =>
            _set is not null && _set.TryGetValue(key, out var feature) ? feature
            : key.IsInstanceOfType(request) ? request
            : null;
        set
        {
            Revision++;
            (_set ??= [])[key] = value;
        }
    }

    public TFeature? Get<TFeature>()
    {
        if (_set is not null && _set.TryGetValue(typeof(TFeature), out var feature))
        {
            return (TFeature?)feature;
        }

        return request is TFeature own ? own : default;
    }

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        foreach (var own in request.GetType().GetInterfaces())
        {
            if (_set is null || !_set.ContainsKey(own))
            {
                yield return new KeyValuePair<Type, object>(own, request);
            }
        }

        foreach (var (type, feature) in _set ?? [])
        {
            if (feature is not null)
            {
                yield return new KeyValuePair<Type, object>(type, feature);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
