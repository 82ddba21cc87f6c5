using Nexus.Backend.Ingress;

namespace Nexus.Backend.Tests.Ingress;

[TestClass]
public sealed class IngressPlanTests
{
    private static readonly IngressRoute s_route = new() { Listen = "http://127.0.0.1:8080", Function = "f" };

    [TestMethod]
    public void Routes_OfOneAddress_ShareAListener() =>
        Assert.HasCount(1, IngressPlan.Make([s_route, s_route with { Path = "/other" }], static _ => null!));

    [TestMethod]
    public void Routes_ThatTakeTheSame_AreRefused() =>
        Assert.AreEqual("NEXUS0804", Refusal(s_route with { Path = "/a/" }, s_route with { Path = "/a" }));

    [TestMethod]
    public void Protocols_ThatDiffer_AreRefused() =>
        Assert.AreEqual("NEXUS0800", Refusal(s_route with { Protocols = "http1" }, s_route with { Path = "/a", Protocols = "http2" }));

    [TestMethod]
    public void Https_WithoutACertificate_IsRefused() =>
        Assert.AreEqual("NEXUS0801", Refusal(s_route with { Listen = "https://127.0.0.1:8443" }));

    [TestMethod]
    public void Https_WithAMissingFile_IsRefused() =>
        Assert.AreEqual("NEXUS0802", Refusal(s_route with { Listen = "https://127.0.0.1:8443", Certificate = "/no/such.pfx" }));

    [TestMethod]
    [DataRow("ftp://127.0.0.1", "/", "")]
    [DataRow("127.0.0.1:80", "/", "")]
    [DataRow("http://127.0.0.1:80/base", "/", "")]
    [DataRow("http://127.0.0.1:80", "orders", "")]
    [DataRow("http://127.0.0.1:80", "/", "http3")]
    [DataRow("http://127.0.0.1:80", "/", "http1+2")]
    public void Route_ThatCannotBe_IsRefused(string listen, string path, string protocols) =>
        Assert.AreEqual("NEXUS0807", Refusal(s_route with { Listen = listen, Path = path, Protocols = protocols }));

    private static string Refusal(params IngressRoute[] routes) =>
        Assert.Throws<Exception>(() => IngressPlan.Make(routes, static _ => null!)).Message[..9];
}
