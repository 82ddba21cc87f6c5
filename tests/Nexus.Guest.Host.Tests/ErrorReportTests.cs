using System.Text;
using System.Text.Json;
using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host.Tests;

/// <summary>Field names and nesting are those of LambdaJsonExceptionWriter in aws-lambda-dotnet.</summary>
[TestClass]
public sealed class ErrorReportTests
{
    [TestMethod]
    public async Task Invoke_HandlerThrows_ReportsTypeMessageStackAndCause()
    {
        using var log = new MemoryStream();
        var (_, error) = await Subject.CallAsync("Failures::Throws", log: log);
        var json = ErrorDocument.Parse(error!);

        Assert.AreEqual("TeapotException", json.GetProperty("errorType").GetString());
        Assert.AreEqual("short and \"stout\"\n\u0001\u2028 é", json.GetProperty("errorMessage").GetString());
        StringAssert.StartsWith(json.GetProperty("stackTrace")[0].GetString(), "at Handlers.Failures.Throws()");
        Assert.AreEqual("ArgumentException", json.GetProperty("cause").GetProperty("errorType").GetString());
        Assert.IsFalse(json.GetProperty("cause").TryGetProperty("stackTrace", out _));
        StringAssert.StartsWith(
            Encoding.UTF8.GetString(error!.Json.Span),
            "{\n  \"errorType\": \"TeapotException\",\n  \"errorMessage\": "
        );
        StringAssert.Contains(Encoding.UTF8.GetString(log.ToArray()), "\trequest-1\tfail\tHandlers.TeapotException: short");
    }

    [TestMethod]
    [DataRow("ThrowsLater", "TeapotException", "later")]
    [DataRow("Cancelled", "TaskCanceledException", "A task was canceled.")]
    [DataRow("FaultedTwice", "TeapotException", "first")]
    [DataRow("NullTask", "NullReferenceException", null)]
    [DataRow("NullPlainTask", "NullReferenceException", null)]
    [DataRow("NullStream", "NullReferenceException", null)]
    [DataRow("Unprintable", "UnprintableException", "")]
    public async Task Invoke_TaskOrResultFails_ReportsTheFirstException(string method, string errorType, string? message)
    {
        var (_, error) = await Subject.CallAsync($"Failures::{method}");

        Assert.IsNotNull(error);
        Assert.AreEqual(errorType, error.ErrorType);
        Assert.AreEqual(message ?? error.ErrorMessage, ErrorDocument.Parse(error).GetProperty("errorMessage").GetString());
    }

    [TestMethod]
    public async Task Invoke_AggregateThrown_StaysAnAggregateWithCauseAndCauses()
    {
        var (_, error) = await Subject.CallAsync("Failures::Aggregate");
        var json = ErrorDocument.Parse(error!);

        Assert.AreEqual("AggregateException", error!.ErrorType);
        Assert.AreEqual("one", json.GetProperty("cause").GetProperty("errorMessage").GetString());
        CollectionAssert.AreEqual(
            new[] { "one", "two" },
            json.GetProperty("causes").EnumerateArray().Select(cause => cause.GetProperty("errorMessage").GetString()).ToArray()
        );
    }

    [TestMethod]
    public async Task Invoke_BlockingWait_ReportsTheAggregateAsLambdaDoes()
    {
        var (_, error) = await Subject.CallAsync("Failures::Blocking");

        Assert.AreEqual("AggregateException", error!.ErrorType);
        Assert.AreEqual("TeapotException", ErrorDocument.Parse(error).GetProperty("cause").GetProperty("errorType").GetString());
    }

    [TestMethod]
    public async Task Invoke_InputDoesNotFit_ReportsTheSerializersException()
    {
        var (_, error) = await Subject.CallAsync("Signatures::Double", "{ not json");

        Assert.AreEqual("JsonException", error!.ErrorType);
    }

    [TestMethod]
    public async Task Report_HugeInnerMessage_IsTruncatedThereOnly()
    {
        var (_, error) = await Subject.CallAsync("Failures::Huge");
        var json = ErrorDocument.Parse(error!);

        Assert.AreEqual("outer", json.GetProperty("errorMessage").GetString());
        StringAssert.Contains(json.GetProperty("cause").GetProperty("errorMessage").GetString(), "maximum payload size of 256KB");
    }

    [TestMethod]
    [DataRow("Deep")]
    [DataRow("Bushy")]
    public async Task Report_EndlessNesting_StaysSmallAndValid(string method)
    {
        var (_, error) = await Subject.CallAsync($"Failures::{method}");

        Assert.AreEqual(JsonValueKind.Object, ErrorDocument.Parse(error!).GetProperty("cause").ValueKind);
    }

    [TestMethod]
    public void Report_LoneSurrogate_GivesValidUtf8()
    {
        var json = ErrorDocument.Parse(ErrorReport.From(new InvalidOperationException("a\ud800b")));

        Assert.AreEqual("a\ufffdb", json.GetProperty("errorMessage").GetString());
    }
}
