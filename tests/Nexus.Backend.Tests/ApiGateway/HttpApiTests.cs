using System.Text.Json;
using Nexus.Backend.Ingress.ApiGateway;

namespace Nexus.Backend.Tests.ApiGateway;

[TestClass]
public sealed class HttpApiTests
{
    private static readonly JsonElement Full = ApiSamples.Parse(HttpApi.Event(ApiSamples.Request, ApiSamples.Route));

    [TestMethod]
    [DataRow("2.0", "version")]
    [DataRow("POST /orders/{id}", "routeKey")]
    [DataRow("/prod/orders/a b", "rawPath")]
    [DataRow("x=1&x=2&name=J%C3%BCrgen+K&flag", "rawQueryString")]
    [DataRow("""["a=1","b=2"]""", "cookies")]
    [DataRow("one,two", "headers", "x-many")]
    [DataRow("1,2", "queryStringParameters", "x")]
    [DataRow("Jürgen K", "queryStringParameters", "name")]
    [DataRow("a b", "pathParameters", "id")]
    [DataRow("""{"hello":"wörld"}""", "body")]
    [DataRow("False", "isBase64Encoded")]
    [DataRow("POST", "requestContext", "http", "method")]
    [DataRow("HTTP/1.1", "requestContext", "http", "protocol")]
    [DataRow("192.0.2.1", "requestContext", "http", "sourceIp")]
    [DataRow("09/Apr/2024:12:34:56 +0000", "requestContext", "time")]
    [DataRow("1712666096000", "requestContext", "timeEpoch")]
    public void Event_FullRequest_HasEveryPart(string value, params string[] path) => Assert.AreEqual(value, Full.Text(path));

    [TestMethod]
    [DataRow("cookies")]
    [DataRow("queryStringParameters")]
    [DataRow("pathParameters")]
    [DataRow("stageVariables")]
    [DataRow("body")]
    public void Event_BareRequest_LeavesOutWhatIsNotThere(string name)
    {
        var bare = new ApiRequest
        {
            Method = "GET",
            RawPath = "/",
            RequestId = "r",
            Time = DateTimeOffset.UnixEpoch,
        };
        Assert.IsFalse(ApiSamples.Parse(HttpApi.Event(bare, new ApiRoute())).TryGetProperty(name, out _));
    }

    [TestMethod]
    public void Event_CookieHeader_IsNotAmongTheHeaders() => Assert.IsFalse(Full.GetProperty("headers").TryGetProperty("cookie", out _));

    [TestMethod]
    [DataRow("text/csv", false)]
    [DataRow("application/json", false)]
    [DataRow("application/problem+json", false)]
    [DataRow("application/octet-stream", true)]
    [DataRow("image/png", true)]
    public void Event_Body_IsBase64UnlessText(string type, bool isBase64)
    {
        var request = ApiSamples.Request with { Headers = [new("content-type", type)] };
        Assert.AreEqual(isBase64, ApiSamples.Parse(HttpApi.Event(request, ApiSamples.Route)).GetProperty("isBase64Encoded").GetBoolean());
    }

    [TestMethod]
    [DataRow("\"Hello\"", "Hello")]
    [DataRow("""{"message":"hi"}""", """{"message":"hi"}""")]
    [DataRow("[1,2]", "[1,2]")]
    [DataRow("42", "42")]
    [DataRow("", "")]
    public void Response_WithoutStatus_IsInferred(string result, string body)
    {
        var response = HttpApi.Response(ApiSamples.Bytes(result), isError: false);
        Assert.AreEqual(200, response.Status);
        Assert.AreEqual("Content-Type: application/json", response.Headers());
        Assert.AreEqual(body, response.Text());
    }

    [TestMethod]
    public void Response_FullResult_IsMapped()
    {
        var response = HttpApi.Response(
            ApiSamples.Bytes(
                """{"statusCode":201,"headers":{"X-One":"1","Transfer-Encoding":"chunked"},"cookies":["a=1","b=2"],"body":"hi"}"""
            ),
            isError: false
        );
        Assert.AreEqual(201, response.Status);
        Assert.AreEqual("X-One: 1\nSet-Cookie: a=1\nSet-Cookie: b=2\nContent-Type: text/plain; charset=utf-8", response.Headers());
        Assert.AreEqual("hi", response.Text());
    }

    [TestMethod]
    [DataRow("not json")]
    [DataRow("""{"statusCode":true}""")]
    [DataRow("""{"statusCode":1000}""")]
    [DataRow("""{"statusCode":200,"body":5}""")]
    [DataRow("""{"statusCode":200,"cookies":"a=1"}""")]
    [DataRow("""{"statusCode":200,"cookies":["a\r\nb"]}""")]
    [DataRow("""{"statusCode":200,"body":"%","isBase64Encoded":true}""")]
    public void Response_Malformed_IsAServerError(string result)
    {
        var response = HttpApi.Response(ApiSamples.Bytes(result), isError: false);
        Assert.AreEqual(500, response.Status);
        Assert.AreEqual("""{"message":"Internal Server Error"}""", response.Text());
    }
}
