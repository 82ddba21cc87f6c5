namespace Nexus.Channel;

/// <summary>Which end of a region a peer is.</summary>
public enum ChannelRole
{
    Backend,
    Guest,
}
