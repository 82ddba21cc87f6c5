using System.Text.Json;
using Nexus.Backend.Ingress.ApiGateway;

namespace Nexus.Backend.Tests.ApiGateway;

[TestClass]
public sealed class RestApiTests
{
    private static readonly JsonElement Full = ApiSamples.Parse(RestApi.Event(ApiSamples.Request, ApiSamples.Route));

    [TestMethod]
    [DataRow("/orders/{id}", "resource")]
    [DataRow("/orders/a b", "path")]
    [DataRow("POST", "httpMethod")]
    [DataRow("two", "headers", "X-Many")]
    [DataRow("""["one","two"]""", "multiValueHeaders", "X-Many")]
    [DataRow("a=1; b=2", "headers", "Cookie")]
    [DataRow("2", "queryStringParameters", "x")]
    [DataRow("""["1","2"]""", "multiValueQueryStringParameters", "x")]
    [DataRow("Jürgen K", "queryStringParameters", "name")]
    [DataRow("", "queryStringParameters", "flag")]
    [DataRow("a b", "pathParameters", "id")]
    [DataRow("""{"hello":"wörld"}""", "body")]
    [DataRow("False", "isBase64Encoded")]
    [DataRow("prod", "requestContext", "stage")]
    [DataRow("/prod/orders/a b", "requestContext", "path")]
    [DataRow("192.0.2.1", "requestContext", "identity", "sourceIp")]
    [DataRow("curl/8.0", "requestContext", "identity", "userAgent")]
    [DataRow("09/Apr/2024:12:34:56 +0000", "requestContext", "requestTime")]
    [DataRow("1712666096000", "requestContext", "requestTimeEpoch")]
    [DataRow("api", "requestContext", "domainPrefix")]
    public void Event_FullRequest_HasEveryPart(string value, params string[] path) => Assert.AreEqual(value, Full.Text(path));

    [TestMethod]
    [DataRow("queryStringParameters")]
    [DataRow("multiValueQueryStringParameters")]
    [DataRow("pathParameters")]
    [DataRow("stageVariables")]
    [DataRow("body")]
    [DataRow("headers")]
    public void Event_BareRequest_HasNullForWhatIsNotThere(string name)
    {
        var bare = new ApiRequest
        {
            Method = "GET",
            RawPath = "/",
            RequestId = "r",
            Time = DateTimeOffset.UnixEpoch,
        };
        Assert.AreEqual(JsonValueKind.Null, ApiSamples.Parse(RestApi.Event(bare, new ApiRoute())).GetProperty(name).ValueKind);
    }

    [TestMethod]
    [DataRow("image/png", "image/png", true)]
    [DataRow("image/*", "image/png", true)]
    [DataRow("*/*", "text/plain", true)]
    [DataRow("image/png", "image/jpeg", false)]
    public void Event_BinaryMediaType_IsBase64(string entry, string type, bool isBinary)
    {
        var request = ApiSamples.Request with { Headers = [new("Content-Type", type)], Body = new byte[] { 1, 2, 3 } };
        var json = ApiSamples.Parse(RestApi.Event(request, ApiSamples.Route with { BinaryMediaTypes = [entry] }));
        Assert.AreEqual(isBinary, json.GetProperty("isBase64Encoded").GetBoolean());
        Assert.AreEqual(isBinary ? "AQID" : "\u0001\u0002\u0003", json.Text("body"));
    }

    [TestMethod]
    public void Response_FullResult_IsMapped()
    {
        var response = RestApi.Response(
            ApiSamples.Bytes(
                """{"statusCode":201,"headers":{"X-One":"1","Set-Cookie":"a=1","Content-Length":"99","X-Number":5},"multiValueHeaders":{"set-cookie":["a=1","b=2"]},"body":"hi"}"""
            ),
            isError: false
        );
        Assert.AreEqual(201, response.Status);
        Assert.AreEqual("set-cookie: a=1\nset-cookie: b=2\nX-One: 1\nX-Number: 5\nContent-Type: application/json", response.Headers());
        Assert.AreEqual("hi", response.Text());
    }

    [TestMethod]
    [DataRow("""{"statusCode":200,"body":"aGk=","isBase64Encoded":true}""", 200, "hi")]
    [DataRow("""{"statusCode":"204"}""", 204, "")]
    [DataRow("""{"statusCode":200,"body":null,"headers":null}""", 200, "")]
    public void Response_Variants_AreAccepted(string result, int status, string body)
    {
        var response = RestApi.Response(ApiSamples.Bytes(result), isError: false);
        Assert.AreEqual(status, response.Status);
        Assert.AreEqual(body, response.Text());
    }

    [TestMethod]
    [DataRow("\"just text\"")]
    [DataRow("{}")]
    [DataRow("[]")]
    [DataRow("null")]
    [DataRow("not json")]
    [DataRow("")]
    [DataRow("""{"statusCode":"ok"}""")]
    [DataRow("""{"statusCode":99}""")]
    [DataRow("""{"statusCode":200.5}""")]
    [DataRow("""{"statusCode":200,"body":{}}""")]
    [DataRow("""{"statusCode":200,"headers":[]}""")]
    [DataRow("""{"statusCode":200,"headers":{"X":{}}}""")]
    [DataRow("""{"statusCode":200,"headers":{"X":"a\r\nY: b"}}""")]
    [DataRow("""{"statusCode":200,"headers":{"bad name":"a"}}""")]
    [DataRow("""{"statusCode":200,"multiValueHeaders":{"X":"a"}}""")]
    [DataRow("""{"statusCode":200,"body":"%%%","isBase64Encoded":true}""")]
    public void Response_Malformed_IsABadGateway(string result)
    {
        var response = RestApi.Response(ApiSamples.Bytes(result), isError: false);
        Assert.AreEqual(502, response.Status);
        Assert.AreEqual("""{"message":"Internal server error"}""", response.Text());
    }

    [TestMethod]
    public void Response_FunctionError_IsABadGateway() =>
        Assert.AreEqual(502, RestApi.Response(ApiSamples.Bytes("""{"errorType":"X","statusCode":200}"""), isError: true).Status);
}
