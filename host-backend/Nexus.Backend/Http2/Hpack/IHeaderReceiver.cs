namespace Nexus.Backend.Http2.Hpack;

/// <summary>Gets the fields of a header block, one after the other.</summary>
internal interface IHeaderReceiver
{
    void OnHeader(string name, string value);
}
