using Nexus.Backend.Executors.Http;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Functions;

namespace Nexus.Backend.Tests.Http;

[TestClass]
public sealed class UpstreamPolicyTests
{
    [TestMethod]
    [DataRow("api.example.com", "https", "api.example.com", true)]
    [DataRow("api.example.com", "http", "API.Example.com", true)]
    [DataRow("api.example.com", "http", "api.example.com:80", true)]
    [DataRow("api.example.com", "http", "api.example.com:8080", false)]
    [DataRow("api.example.com", "https", "api.example.com.evil.test", false)]
    [DataRow("api.example.com:8443", "https", "api.example.com:8443", true)]
    [DataRow("api.example.com:8443", "https", "api.example.com", false)]
    [DataRow("https://api.example.com", "https", "api.example.com", true)]
    [DataRow("https://api.example.com", "http", "api.example.com", false)]
    [DataRow("http://localhost:8080/", "http", "localhost:8080", true)]
    [DataRow("*.example.com", "https", "a.b.example.com", true)]
    [DataRow("*.example.com", "https", "example.com", false)]
    [DataRow("*.example.com", "https", "badexample.com", false)]
    [DataRow("*.example.com", "https", "a.example.com:444", false)]
    [DataRow("*.example.com:444", "https", "a.example.com:444", true)]
    [DataRow("*", "http", "anything.test:1234", true)]
    [DataRow("https://*", "http", "anything.test", false)]
    [DataRow("[::1]:8080", "http", "[::1]:8080", true)]
    public void Admit_Place_FollowsThePattern(string pattern, string scheme, string authority, bool allowed)
    {
        var policy = Policy([pattern]);
        if (allowed)
        {
            policy.Admit(scheme, authority);
        }
        else
        {
            Assert.AreEqual("NEXUS0620", IdOf(() => policy.Admit(scheme, authority)));
        }
    }

    [TestMethod]
    public void Admit_NothingAllowed_IsRefused() => Assert.AreEqual("NEXUS0620", IdOf(() => Policy([]).Admit("https", "api.example.com")));

    [TestMethod]
    [DataRow("169.254.169.254")]
    [DataRow("169.254.169.254:80")]
    [DataRow("[fe80::1]")]
    [DataRow("[::ffff:169.254.169.254]")]
    [DataRow("[fd00:ec2::254]")]
    [DataRow("168.63.129.16")]
    public void Admit_MetadataAddress_IsRefusedWhateverIsAllowed(string authority) =>
        Assert.AreEqual("NEXUS0621", IdOf(() => Policy(["*", authority]).Admit("http", authority)));

    [TestMethod]
    [DataRow("ftp", "api.example.com")]
    [DataRow("http", "user@api.example.com")]
    [DataRow("http", "api.example.com/path")]
    [DataRow("http", "api.example.com:0")]
    [DataRow("http", "api.example.com:70000")]
    [DataRow("http", "api.example.com:+1")]
    [DataRow("http", "")]
    [DataRow("http", "*")]
    [DataRow("http", "a b")]
    [DataRow("http", "a\r\nb")]
    public void Admit_NoPlaceAtAll_IsRefused(string scheme, string authority) =>
        Assert.AreEqual("NEXUS0623", IdOf(() => Policy(["*"]).Admit(scheme, authority)));

    [TestMethod]
    [DataRow("localhost", true)]
    [DataRow("*", false)]
    public void Admit_ThisMachine_NeedsAnEntryOfItsOwn(string pattern, bool reaches) =>
        Assert.AreEqual(reaches, Policy([pattern]).Admit("http", "localhost"));

    [TestMethod]
    [DataRow("ftp://host")]
    [DataRow("http://host/path")]
    [DataRow("user@host")]
    [DataRow("host:port")]
    [DataRow("")]
    [DataRow("*host")]
    public void Parse_NoPattern_IsRefusedWhenTheFunctionIsDefined(string pattern) =>
        Assert.ThrowsExactly<ArgumentException>(() =>
            new FunctionDefinition
            {
                Name = "f",
                AppFolder = "/",
                Command = static (_, _) => [],
                Region = "",
                AllowedUpstreams = ["host", pattern],
            }
        );

    private static UpstreamPolicy Policy(string[] allowed) => new(allowed, HttpCallDiagnostics.Upstreams);

    private static string IdOf(Action action) => Assert.Throws<Exception>(action).Message.Split(':')[0];
}
