using System.Text;

namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>Frames as bytes, right and wrong ones.</summary>
internal static class Frames
{
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    public static readonly byte[] Connection = [0, 0, 0, 0];

    public static readonly byte[] Settings = Frame(4, 0, Connection, []);

    /// <summary>One message of no bytes.</summary>
    public static readonly byte[] Message = [0, 0, 0, 0, 0];

    public static byte[] Frame(byte type, byte flags, byte[] stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, .. stream, .. payload];

    public static byte[] Data(byte[] stream, byte[] payload, byte flags = 0) => Frame(0, flags, stream, payload);

    public static byte[] Headers(byte[] stream, byte[] block, byte flags = EndHeaders) => Frame(1, flags, stream, block);

    public static byte[] Reset(byte[] stream, byte code) => Frame(3, 0, stream, [0, 0, 0, code]);

    public static byte[] GoAway(byte last, byte code) => Frame(7, 0, Connection, [0, 0, 0, last, 0, 0, 0, code]);

    public static byte[] Setting(byte id, uint value) =>
        Frame(4, 0, Connection, [0, id, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    /// <summary>A block of fields, none of them kept.</summary>
    public static byte[] Block(params (string Name, string Value)[] fields) =>
        [.. fields.SelectMany(static field => (byte[])[0, .. Text(field.Name), .. Text(field.Value)])];

    public static byte[] Head { get; } = Block((":status", "200"), ("content-type", "application/grpc"));

    public static byte[] Trailers { get; } = Block(("grpc-status", "0"));

    /// <summary>A whole and right answer.</summary>
    public static byte[] Answer(byte[] stream) =>
        [.. Headers(stream, Head), .. Data(stream, Message), .. Headers(stream, Trailers, EndHeaders | EndStream)];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        return bytes.Length < 127 ? [(byte)bytes.Length, .. bytes] : [127, .. Number(bytes.Length - 127), .. bytes];
    }

    private static IEnumerable<byte> Number(int value)
    {
        for (; value >= 128; value >>= 7)
        {
            yield return (byte)(value | 128);
        }

        yield return (byte)value;
    }
}
