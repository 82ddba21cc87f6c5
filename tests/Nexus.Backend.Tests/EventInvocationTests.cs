using System.Net;
using System.Text.RegularExpressions;

namespace Nexus.Backend.Tests;

[TestClass]
public sealed class EventInvocationTests
{
    private static readonly (string Name, string Value) s_event = ("X-Amz-Invocation-Type", "Event");

    [TestMethod]
    public async Task Event_Accepted_RunsLater()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe-events", """{"kind":"echo","text":"event-marker"}""", s_event);

        Assert.AreEqual(HttpStatusCode.Accepted, answer.Status);
        Assert.IsEmpty(answer.Body);
        await Eventually.TrueAsync(() => node.Log.Text.Contains("probe echo event-marker", StringComparison.Ordinal), "the event ran");
    }

    [TestMethod]
    public async Task Event_FunctionFails_IsTriedThriceAndDropped()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe-events", """{"kind":"fail","text":"event-failure"}""", s_event);

        await Eventually.TrueAsync(
            () => node.Log.Text.Contains($"{answer.RequestId} is given up after 3 attempts", StringComparison.Ordinal),
            "the event was given up"
        );
        Assert.HasCount(3, Regex.Matches(node.Log.Text, "probe fail event-failure"));
    }

    [TestMethod]
    public async Task Event_OverOneMebibyte_IsTooLarge()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe-events", "\"" + new string('x', 1024 * 1024) + "\"", s_event);

        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }
}
