using System.Net;

namespace Nexus.Guest.Http.Tests;

[TestClass]
public sealed class DigestChallengeTests
{
    [TestMethod]
    [DataRow(
        """realm="a, b", nonce="n\"1", qop="auth,auth-int", opaque="o", algorithm=SHA-256""",
        "qop=auth,",
        """realm="a, b", nonce="n\"1","""
    )]
    [DataRow("""realm="r", nonce="n", qop="auth-int" """, "qop=auth-int", "username=\"user\"")]
    [DataRow("""realm="r",nonce="n" """, "response=", "username=\"user\"")]
    [DataRow("""realm="r", nonce="n", userhash=true""", "userhash=true", "username=\"")]
    public async Task Answer_Challenge_HasWhatItAsksFor(string challenge, params string[] parts)
    {
        var answer = await AnswerAsync(challenge);
        foreach (var part in parts)
        {
            Assert.Contains(part, answer!);
        }
    }

    [TestMethod]
    [DataRow("""nonce="n" """)]
    [DataRow("""realm="r" """)]
    [DataRow("""realm="r", nonce="n", algorithm=SHA-512""")]
    [DataRow("")]
    [DataRow("garbage")]
    public async Task Answer_ChallengeThatCannotBeAnswered_IsNone(string challenge) => Assert.IsNull(await AnswerAsync(challenge));

    [TestMethod]
    public async Task Answer_WithoutQuality_IsTheHashOfRfc2069()
    {
        // The example of RFC 2069 as corrected by its errata.
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://www.nowhere.org/dir/index.html");
        var challenge = DigestChallenge.Parse(
            """realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41" """
        );
        var answer = await challenge.AnswerAsync(request, new NetworkCredential("Mufasa", "CircleOfLife"));
        Assert.Contains("response=\"1949323746fe6a43ef61f9606e7febea\"", answer!);
    }

    private static async Task<string?> AnswerAsync(string challenge)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/path?q");
        return await DigestChallenge.Parse(challenge).AnswerAsync(request, new NetworkCredential("user", "secret"));
    }
}
