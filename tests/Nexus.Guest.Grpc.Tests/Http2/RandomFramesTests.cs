namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>A server that answers with frames of chance: its calls end one way or another, and nobody else's do.</summary>
[TestClass]
public sealed class RandomFramesTests
{
    private const int Rounds = 150;

    [TestMethod]
    [Timeout(120_000)]
    public async Task Server_OfRandomFrames_EndsItsOwnCallsOnly()
    {
        using var server = new ScriptedServer(
            new Script(Frames.Settings, static (stream, seed) => Answer(stream, new Random(seed)), Closes: true)
        );
        await using var pair = new GrpcPair([server.Address.Authority, TrialServer.Address.Authority]);
        var (steady, other) = (pair.Client(), pair.Client(server.Address));
        var ended = 0;
        for (var i = 0; i < Rounds; i++)
        {
            try
            {
                await other.SingleAsync(new TrialRequest(), deadline: DateTime.UtcNow.AddSeconds(20));
            }
            catch (RpcException failure) when (failure.StatusCode != StatusCode.DeadlineExceeded)
            {
                ended++;
            }

            Assert.AreEqual("still", (await steady.SingleAsync(Calls.Request("echo", "still"))).Text);
        }

        Assert.IsGreaterThan(Rounds / 2, server.Connections);
        Assert.IsGreaterThan(Rounds / 2, ended);
        Assert.IsEmpty(pair.Faults);
    }

    private static byte[] Answer(byte[] stream, Random random)
    {
        // Half of them begin well, so that what follows is looked at more closely.
        IEnumerable<byte> answer = random.Next(2) == 0 ? [] : Frames.Headers(stream, Frames.Head);
        for (var frames = random.Next(1, 8); frames > 0; frames--)
        {
            var payload = new byte[random.Next(40)];
            random.NextBytes(payload);
            var place = random.Next(4) switch
            {
                0 => Frames.Connection,
                1 => [0, 0, 0, (byte)random.Next(8)],
                _ => stream,
            };
            answer = answer.Concat(Frames.Frame((byte)random.Next(11), (byte)random.Next(256), place, payload));
        }

        return [.. answer];
    }
}
