using CsCheck;
using Nexus.Channel.Messages;

namespace Nexus.Channel.Tests.Messages;

[TestClass]
public sealed class MessageCodecTests
{
    private static readonly Type[] Types =
    [
        typeof(AwsRequestHead),
        typeof(AwsResponseHead),
        typeof(InvocationHead),
        typeof(InvocationResultHead),
        typeof(ReadyHead),
        typeof(HttpRequestHead),
        typeof(HttpResponseHead),
        typeof(HttpTrailers),
    ];

    private static readonly Gen<string> Text = Gen.String[0, 40].Select(s => new string([.. s.Where(c => !char.IsSurrogate(c))]));

    private static readonly Gen<KeyValuePair<string, string>[]> Headers = Gen.Select(Text, Text, (k, v) => KeyValuePair.Create(k, v)).Array[
        0,
        12
    ];

    private static readonly Gen<IChannelMessage> Messages = Gen.OneOf<IChannelMessage>(
        Gen.Select(Text.Array[11], Gen.Long[-1, long.MaxValue], Gen.UInt, Gen.Bool, Headers)
            .Select(
                (t, length, flags, keys, headers) =>
                    new AwsRequestHead
                    {
                        SigningService = t[0],
                        Region = t[1],
                        ServiceId = t[2],
                        Operation = t[3],
                        Method = t[4],
                        Uri = t[5],
                        ContentLength = length,
                        ChecksumAlgorithm = t[6],
                        Flags = (AwsRequestFlags)flags,
                        ExplicitKeys = keys ? [t[7], t[8], t[9]] : [],
                        Headers = headers,
                    } as IChannelMessage
            ),
        Gen.Select(Text, Gen.Int, Gen.Long, Gen.Int, Headers)
            .Select(
                (failure, status, length, attempts, headers) =>
                    new AwsResponseHead
                    {
                        Status = status,
                        ContentLength = length,
                        Attempts = attempts,
                        Failure = failure,
                        Headers = headers,
                    } as IChannelMessage
            ),
        Gen.Select(Text.Array[5], Gen.Long, Gen.Long)
            .Select(
                (t, deadline, length) =>
                    new InvocationHead
                    {
                        RequestId = t[0],
                        FunctionArn = t[1],
                        TraceId = t[2],
                        ClientContext = t[3],
                        CognitoIdentity = t[4],
                        DeadlineUnixMilliseconds = deadline,
                        ContentLength = length,
                    } as IChannelMessage
            ),
        Gen.Select(Text, Text).Select((e, r) => new InvocationResultHead { FunctionError = e, ErrorReport = r } as IChannelMessage),
        Text.Select(e => new ReadyHead { InitError = e } as IChannelMessage),
        Gen.Select(Text.Array[5], Gen.Long[-1, long.MaxValue], Headers, Headers)
            .Select(
                (t, length, properties, headers) =>
                    new HttpRequestHead
                    {
                        Method = t[0],
                        Scheme = t[1],
                        Authority = t[2],
                        Target = t[3],
                        Version = t[4],
                        ContentLength = length,
                        Properties = properties,
                        Headers = headers,
                    } as IChannelMessage
            ),
        Gen.Select(Text.Array[3], Gen.Int, Gen.Long, Headers)
            .Select(
                (t, status, length, headers) =>
                    new HttpResponseHead
                    {
                        Status = status,
                        Reason = t[0],
                        Version = t[1],
                        ContentLength = length,
                        Failure = t[2],
                        Headers = headers,
                    } as IChannelMessage
            ),
        Headers.Select(h => new HttpTrailers { Fields = h } as IChannelMessage)
    );

    /// <summary>Write, read, write: the same bytes, and no more than promised.</summary>
    [TestMethod]
    public void Message_WrittenAndRead_IsTheSame() =>
        Messages.Sample(
            message =>
            {
                var bytes = Write(message);
                Assert.IsLessThanOrEqualTo(message.MaxBytes, bytes.Length);
                CollectionAssert.AreEqual(bytes, Write(Read(message.GetType(), bytes)));
            },
            iter: 2000
        );

    /// <summary>Flipped, cut and appended bytes are read or refused, nothing else.</summary>
    [TestMethod]
    public void Message_Mutated_IsReadOrRefused() =>
        Gen.Select(Messages, Gen.Select(Gen.Int[0, 4095], Gen.Byte).Array[1, 6], Gen.Int[0, 4095], Gen.Int[0, 3])
            .Sample(
                (message, flips, cut, how) =>
                {
                    var bytes = Write(message);
                    foreach (var (at, value) in flips)
                    {
                        bytes[at % bytes.Length] = value;
                    }

                    ReadOrRefuse(
                        message.GetType(),
                        how switch
                        {
                            0 => bytes[..(cut % bytes.Length)],
                            1 => [.. bytes, 0],
                            _ => bytes,
                        }
                    );
                },
                iter: 20_000
            );

    [TestMethod]
    public void Message_RandomBytes_AreReadOrRefused() =>
        Gen.Select(Gen.Int[0, Types.Length - 1].Select(i => Types[i]), Gen.Byte.Array[0, 200])
            .Sample((type, bytes) => ReadOrRefuse(type, bytes), iter: 20_000);

    [TestMethod]
    public void Count_LargerThanWhatFollows_IsRefusedBeforeAllocating()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<ProtocolViolationException>(() =>
        {
            var reader = new MessageReader([0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0]);
            HeaderCodec.Read(ref reader);
        });
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Write(IChannelMessage message)
    {
        var buffer = new byte[message.MaxBytes];
        var writer = new MessageWriter(buffer);
        message.Write(ref writer);
        return buffer[..writer.Length];
    }

    private static void ReadOrRefuse(Type type, byte[] bytes)
    {
        try
        {
            Read(type, bytes);
        }
        catch (ProtocolViolationException)
        {
            // The only way a reader may refuse.
        }
    }

    private static IChannelMessage Read(Type type, byte[] bytes) =>
        type.Name switch
        {
            nameof(AwsRequestHead) => AwsRequestHead.Read(bytes),
            nameof(AwsResponseHead) => AwsResponseHead.Read(bytes),
            nameof(InvocationHead) => InvocationHead.Read(bytes),
            nameof(InvocationResultHead) => InvocationResultHead.Read(bytes),
            nameof(HttpRequestHead) => HttpRequestHead.Read(bytes),
            nameof(HttpResponseHead) => HttpResponseHead.Read(bytes),
            nameof(HttpTrailers) => HttpTrailers.Read(bytes),
            _ => ReadyHead.Read(bytes),
        };
}
