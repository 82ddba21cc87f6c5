using CsCheck;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>Freezes the bytes that docs/decisions/0012-grpc-client.md gives, and reads them from hostile peers.</summary>
[TestClass]
public sealed class MessageLayoutTests
{
    private static readonly GrpcMethodHead Method = new()
    {
        Kind = GrpcCallKind.Duplex,
        Scheme = "http",
        Authority = "h:1",
        Path = "/s/m",
        UserAgent = "u",
        AcceptEncoding = "identity",
        Balancing = GrpcBalancing.RoundRobin,
        Addresses = ["a:1"],
    };

    private static GrpcCallHead Call =>
        new()
        {
            Method = Method.Encode(),
            Flags = GrpcCallFlags.WaitForReady,
            TimeoutMilliseconds = 258,
            Headers = [new("k", "v")],
        };

    [TestMethod]
    public void CallHead_Bytes_AreFrozen() =>
        Assert.AreEqual(
            "35000000"
                + "03"
                + "0400000068747470"
                + "03000000683A31"
                + "040000002F732F6D"
                + "0100000075"
                + "080000006964656E74697479"
                + "02"
                + "01000000"
                + "03000000613A31"
                + "01"
                + "0201000000000000"
                + "01000000"
                + "010000006B"
                + "0100000076",
            Hex(Call)
        );

    [TestMethod]
    public void ResponseHead_Bytes_AreFrozen() =>
        Assert.AreEqual("C8000000" + "14000000" + "01" + "0100000063" + "01000000" + "010000006B" + "0100000076", Hex(Head()));

    [TestMethod]
    public void ResponseEnd_Bytes_AreFrozen()
    {
        var failure = new GrpcFailure
        {
            Kind = GrpcFailureKind.Connect,
            Status = 14,
            Causes = [new GrpcCause("T", "M", 111)],
        };
        Assert.AreEqual(
            "03"
                + "1C000000"
                + Hex(Head())
                + "01"
                + "0E000000"
                + "01000000"
                + "0100000054"
                + "010000004D"
                + "6F00000000000000"
                + "01000000"
                + "0100000074"
                + "0100000031",
            Hex(
                new GrpcResponseEnd
                {
                    Head = Head(),
                    Failure = failure,
                    Trailers = [new("t", "1")],
                }
            )
        );
    }

    [TestMethod]
    public void ResponseEnd_WrittenAndRead_IsTheSame()
    {
        var end = GrpcResponseEnd.Read(Convert.FromHexString(Hex(new GrpcResponseEnd { Head = Head(), Trailers = [new("t", "1")] })));
        Assert.AreEqual(200, end.Head!.Status);
        Assert.AreEqual("v", end.Head.Fields.Find("k"u8));
        Assert.AreEqual("1", end.Fields.Find("t"u8));
        Assert.IsNull(end.Fields.Find("k"u8));
    }

    [TestMethod]
    public void CallHead_MutatedOrRandom_IsReadOrRefused()
    {
        var bytes = Convert.FromHexString(Hex(Call));
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[0, bytes.Length])
            .Sample(
                (at, value, cut) =>
                {
                    var mutated = bytes.ToArray();
                    mutated[at] = value;
                    ReadOrRefuse(mutated);
                    ReadOrRefuse(mutated[..cut]);
                },
                iter: 20_000
            );
        Gen.Byte.Array[0, 120].Sample(ReadOrRefuse, iter: 20_000);
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            GrpcMethodHead.Read(GrpcCallHead.Read(bytes).Method.Span);
        }
        catch (ProtocolViolationException)
        {
            // The only way a reader may refuse.
        }
    }

    private static GrpcResponseHead Head() =>
        new()
        {
            Status = 200,
            Version = 20,
            ContentType = "c",
            Headers = [new("k", "v")],
        };

    private static string Hex(IChannelMessage message)
    {
        var buffer = new byte[message.MaxBytes];
        var writer = new MessageWriter(buffer);
        message.Write(ref writer);
        return Convert.ToHexString(buffer, 0, writer.Length);
    }
}
