using System.IO.Compression;
using System.Net;
using System.Text;

namespace Nexus.Guest.Http.Tests;

[TestClass]
public sealed class DecompressionTests
{
    private const string Text = "text that is worth compressing, text that is worth compressing";

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("GZIP")]
    [DataRow("deflate")]
    [DataRow("raw deflate")]
    [DataRow("br")]
    public async Task Apply_KnownCoding_IsUndone(string coding)
    {
        using var response = Response(coding);
        Decompression.Apply(response, DecompressionMethods.All);

        Assert.AreEqual(Text, await response.Content.ReadAsStringAsync());
        Assert.IsEmpty(response.Content.Headers.ContentEncoding);
        Assert.AreEqual("text/plain", response.Content.Headers.ContentType!.MediaType);
    }

    [TestMethod]
    public async Task Apply_SeveralCodings_UndoesTheLast()
    {
        using var response = Response("gzip");
        response.Content.Headers.ContentEncoding.Clear();
        response.Content.Headers.ContentEncoding.Add("identity");
        response.Content.Headers.ContentEncoding.Add("gzip");
        Decompression.Apply(response, DecompressionMethods.GZip);

        Assert.AreEqual("identity", response.Content.Headers.ContentEncoding.Single());
        Assert.AreEqual(Text, await response.Content.ReadAsStringAsync());
    }

    [TestMethod]
    public void Apply_CodingThatWasNotAskedFor_IsLeft()
    {
        using var response = Response("br");
        var content = response.Content;
        Decompression.Apply(response, DecompressionMethods.GZip);
        Assert.AreSame(content, response.Content);
    }

    [TestMethod]
    public void Announce_Codings_AreAddedOnce()
    {
        using var request = new HttpRequestMessage();
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        Decompression.Announce(request, DecompressionMethods.All);
        Assert.AreEqual("gzip, deflate, br", request.Headers.AcceptEncoding.ToString());
    }

    private static HttpResponseMessage Response(string coding)
    {
        var bytes = new MemoryStream();
        using (
            Stream coder = coding.ToLowerInvariant() switch
            {
                "gzip" => new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true),
                "deflate" => new ZLibStream(bytes, CompressionMode.Compress, leaveOpen: true),
                "br" => new BrotliStream(bytes, CompressionMode.Compress, leaveOpen: true),
                _ => new DeflateStream(bytes, CompressionMode.Compress, leaveOpen: true),
            }
        )
        {
            coder.Write(Encoding.UTF8.GetBytes(Text));
        }

        var response = new HttpResponseMessage { Content = new ByteArrayContent(bytes.ToArray()) };
        response.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding.Split(' ')[^1]);
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "text/plain; charset=utf-8");
        return response;
    }
}
