using Amazon.Lambda.Core;

namespace Nexus.Guest.Host.Lambda;

/// <summary><see cref="ClientContextData"/> under the function's own interface.</summary>
internal sealed class ClientContext(ClientContextData data) : IClientContext
{
    public IDictionary<string, string>? Environment => data.Environment;

    public IClientApplication? Client => (IClientApplication?)CoreTypes.Adapt(typeof(IClientApplication), data.Client);

    public IDictionary<string, string>? Custom => data.Custom;
}
