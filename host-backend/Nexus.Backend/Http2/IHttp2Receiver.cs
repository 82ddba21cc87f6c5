namespace Nexus.Backend.Http2;

/// <summary>
/// Gets what a server sends on one stream. Called by the thread that reads the connection for all its streams, one call at a time, but for <see cref="OnFailed"/>, which
/// may come at any time and once; nothing here may block.
/// </summary>
internal interface IHttp2Receiver
{
    /// <summary>The request has a number. Called once, before anything of it leaves.</summary>
    void OnOpened(Http2Stream stream);

    /// <summary>The answer's head, and after data its trailers.</summary>
    /// <param name="head">Its fields; with a status the first time.</param>
    /// <param name="isLast">Whether the answer ends here.</param>
    void OnHeaders(Http2Head head, bool isLast);

    /// <param name="data">Bytes of the answer, which are gone on return.</param>
    /// <param name="isLast">Whether the answer ends here.</param>
    void OnData(ReadOnlyMemory<byte> data, bool isLast);

    /// <summary>Nothing more has arrived for now.</summary>
    void OnPause();

    /// <summary>The stream is over, and the answer is not.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="wasIgnored">Whether the server says that it has done nothing with the request.</param>
    void OnFailed(Exception failure, bool wasIgnored);
}
