using Nexus.Backend.Http2.Hpack;

namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>Header compression against the examples of RFC 7541, appendix C, and against blocks that are none.</summary>
[TestClass]
public sealed class HpackTests
{
    [TestMethod]
    public void Decode_RequestsWithoutHuffman_AsInC3() =>
        AssertDecoded(
            ("828684410f7777772e6578616d706c652e636f6d", ":method: GET|:scheme: http|:path: /|:authority: www.example.com"),
            ("828684be58086e6f2d6361636865", ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache"),
            (
                "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
                ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value"
            )
        );

    [TestMethod]
    public void Decode_RequestsWithHuffman_AsInC4() =>
        AssertDecoded(
            ("828684418cf1e3c2e5f23a6ba0ab90f4ff", ":method: GET|:scheme: http|:path: /|:authority: www.example.com"),
            ("828684be5886a8eb10649cbf", ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache"),
            (
                "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
                ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value"
            )
        );

    [TestMethod]
    public void Decode_ResponsesWithEviction_AsInC6() =>
        AssertDecoded(
            (
                "3fe101" // The examples' table has 256 bytes.
                    + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
                ":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com"
            ),
            (
                "4883640effc1c0bf",
                ":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com"
            ),
            (
                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f"
                    + "9587316065c003ed4ee5b1063d5007",
                ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|content-encoding: gzip"
                    + "|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
            )
        );

    [TestMethod]
    [DataRow("80", "Invalid header index: 0", DisplayName = "index 0")]
    [DataRow("be", "Invalid header index: 62", DisplayName = "index of an empty table")]
    [DataRow("ff8080808080", "HPACK integer", DisplayName = "number without an end")]
    [DataRow("ff", "Incomplete", DisplayName = "cut in a number")]
    [DataRow("4005616263", "Incomplete", DisplayName = "cut in a string")]
    [DataRow("0001618180", "Huffman", DisplayName = "padding of zeros")]
    [DataRow("00016184ffffffff", "Huffman", DisplayName = "the end's own code")]
    [DataRow("000161821fff", "Huffman", DisplayName = "too much padding")]
    [DataRow("3fe21f", "Dynamic table size update to 4097", DisplayName = "a larger table than agreed")]
    [DataRow("8220", "received after beginning", DisplayName = "a table's size after a field")]
    public void Decode_WhatIsNoBlock_Throws(string block, string message)
    {
        var failure = Assert.ThrowsExactly<HpackException>(() => new HpackDecoder().Decode(Convert.FromHexString(block), new Seen()));
        Assert.Contains(message, failure.Message);
    }

    [TestMethod]
    public void Decode_RandomBytes_EndsWithItsOwnExceptionOrWithFields()
    {
        var random = new Random(7541);
        var decoder = new HpackDecoder();
        for (var i = 0; i < 200_000; i++)
        {
            var block = new byte[random.Next(1, 40)];
            random.NextBytes(block);
            try
            {
                decoder.Decode(block, new Seen());
            }
            catch (HpackException)
            {
                decoder = new HpackDecoder();
            }
        }
    }

    [TestMethod]
    public void Decode_ManyFieldsThatAreKept_KeepsNoMoreThanTheTableHolds()
    {
        var decoder = new HpackDecoder();
        for (var i = 0; i < 10_000; i++)
        {
            var name = $"n{i:d6}";
            decoder.Decode([0x40, 7, .. System.Text.Encoding.ASCII.GetBytes(name), 1, (byte)'v'], new Seen());
            var newest = new Seen();
            decoder.Decode([0xbe], newest);
            Assert.AreEqual($"{name}: v", newest.ToString());
        }

        // 40 bytes an entry: 102 fit.
        decoder.Decode([0x80 | 0x7f, 61 + 102 - 0x7f], new Seen());
        Assert.ThrowsExactly<HpackException>(() => decoder.Decode([0x80 | 0x7f, 61 + 103 - 0x7f], new Seen()));
    }

    [TestMethod]
    public void Encode_WhatTheDecoderReads_IsTheSame()
    {
        var block = new HeaderBlock();
        block.Add("X-Long", new string('v', 70_000));
        block.Add("empty", "");
        var seen = new Seen();
        new HpackDecoder().Decode(block.Bytes, seen);
        Assert.AreEqual($"x-long: {new string('v', 70_000)}|empty: ", seen.ToString());
    }

    private static void AssertDecoded(params (string Block, string Fields)[] examples)
    {
        var decoder = new HpackDecoder();
        foreach (var (block, fields) in examples)
        {
            var seen = new Seen();
            decoder.Decode(Convert.FromHexString(block), seen);
            Assert.AreEqual(fields, seen.ToString());
        }
    }

    private sealed class Seen : IHeaderReceiver
    {
        private readonly List<string> _fields = [];

        public void OnHeader(string name, string value) => _fields.Add($"{name}: {value}");

        public override string ToString() => string.Join('|', _fields);
    }
}
