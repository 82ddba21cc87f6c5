namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>What a <see cref="ScriptedServer"/> says.</summary>
/// <param name="First">On a new connection.</param>
/// <param name="Answer">To a request, of whose stream and connection it knows the numbers.</param>
/// <param name="Closes">Whether it ends the connection after an answer.</param>
internal sealed record Script(byte[] First, Func<byte[], int, byte[]> Answer, bool Closes = false)
{
    public byte[] AnswerTo(byte[] stream, int connection) => Answer(stream, connection);
}
