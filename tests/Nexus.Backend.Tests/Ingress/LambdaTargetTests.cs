using System.Net;
using System.Text.Json;
using Nexus.Backend.Ingress;
using Nexus.Backend.Node;

namespace Nexus.Backend.Tests.Ingress;

/// <summary>HTTP callers of Lambda handlers, in both of API Gateway's formats.</summary>
[TestClass]
public sealed class LambdaTargetTests
{
    [TestMethod]
    [DataRow("http-v2")]
    [DataRow("rest-v1")]
    public async Task Request_ToAHandler_IsAnsweredAsItsPayloadSays(string payload)
    {
        Requirements.Check();
        var echo = await TestNode.FunctionAsync("echo", "Faults", "Faults::Faults.Signatures::StreamsLater");
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            Functions = [echo],
            Quiet = true,
            DrainSeconds = 5,
            Routes =
            [
                new IngressRoute
                {
                    Listen = "http://127.0.0.1:0",
                    Function = "echo",
                    Payload = payload,
                },
            ],
        };
        await using var node = await NexusNode.StartAsync(options, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(node.IngressAddresses[0]) };
        using var content = new StringContent("the body");

        using var answer = await client.PostAsync(new Uri("/orders/7?x=1", UriKind.Relative), content);

        var body = await answer.Content.ReadAsStringAsync();
        if (payload == "http-v2")
        {
            // A result without a status code is the body of a 200.
            Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
            using var seen = JsonDocument.Parse(body);
            Assert.AreEqual("/orders/7", seen.RootElement.GetProperty("rawPath").GetString());
            Assert.AreEqual("the body", seen.RootElement.GetProperty("body").GetString());
        }
        else
        {
            // The event is no proxy result, and API Gateway is strict there.
            Assert.AreEqual(HttpStatusCode.BadGateway, answer.StatusCode);
        }
    }

    [TestMethod]
    public async Task Body_LargerThanAnEvent_IsRefused()
    {
        Requirements.Check();
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            Functions = [await TestNode.FunctionAsync("echo", "Faults", "Faults::Faults.Signatures::StreamsLater")],
            Quiet = true,
            Routes =
            [
                new IngressRoute
                {
                    Listen = "http://127.0.0.1:0",
                    Function = "echo",
                    Payload = "http-v2",
                },
            ],
        };
        await using var node = await NexusNode.StartAsync(options, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(node.IngressAddresses[0]) };
        using var content = new ByteArrayContent(new byte[7 * 1024 * 1024]);

        using var answer = await client.PostAsync(new Uri("/", UriKind.Relative), content);

        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }
}
