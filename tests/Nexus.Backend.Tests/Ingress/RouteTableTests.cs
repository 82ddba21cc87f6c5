using Microsoft.AspNetCore.Http.Features;
using Nexus.Backend.Ingress;

namespace Nexus.Backend.Tests.Ingress;

[TestClass]
public sealed class RouteTableTests
{
    private readonly RouteTable _table = new(
        "http",
        [Route("", "/"), Route("", "/orders"), Route("", "/orders/old"), Route("api.example.com", "/"), Route("*.example.com", "/deep")]
    );

    [TestMethod]
    [DataRow("any.test:8080", "/", " /")]
    [DataRow("any.test", "/orders", " /orders")]
    [DataRow("any.test", "/orders/7", " /orders")]
    [DataRow("any.test", "/orders/old/7", " /orders/old")]
    [DataRow("any.test", "/ordersx", " /")]
    [DataRow("API.example.com:443", "/orders", "api.example.com /")]
    [DataRow("x.example.com", "/deep/er", "*.example.com /deep")]
    [DataRow("x.example.com", "/orders", " /orders")]
    [DataRow("[::1]:80", "/orders", " /orders")]
    public void Request_WithHostAndPath_TakesTheMostExactRoute(string host, string path, string expected) =>
        Assert.AreEqual(expected, $"{_table.Find(host, path)}");

    [TestMethod]
    public void Request_ThatNoRouteTakes_FindsNone() => Assert.IsNull(new RouteTable("http", [Route("a.test", "/")]).Find("b.test", "/"));

    private static (IngressRoute, IRouteTarget) Route(string host, string path) =>
        (
            new IngressRoute
            {
                Listen = "http://*:80",
                Host = host,
                Path = path,
                Function = "f",
            },
            new NamedTarget($"{host} {path}")
        );

    private sealed record NamedTarget(string Name) : IRouteTarget
    {
        public Task AnswerAsync(IFeatureCollection features, string scheme) => Task.CompletedTask;

        public override string ToString() => Name;
    }
}
