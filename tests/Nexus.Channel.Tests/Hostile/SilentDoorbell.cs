namespace Nexus.Channel.Tests.Hostile;

/// <summary>Counts rings; the test itself drains.</summary>
internal sealed class SilentDoorbell : Doorbell
{
    public int Rings { get; private set; }

    public override void Ring() => Rings++;
}
