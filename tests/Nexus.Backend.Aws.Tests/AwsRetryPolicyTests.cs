using System.Text;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws.Tests;

[TestClass]
public sealed class AwsRetryPolicyTests
{
    [TestMethod]
    [DataRow("", "", 3)]
    [DataRow("standard", "", 3)]
    [DataRow("legacy", "", 5)]
    [DataRow("Legacy", "7", 7)]
    [DataRow("", "1", 1)]
    public void FromEnvironment_Values_GiveTheAttempts(string mode, string max, int expected) =>
        Assert.AreEqual(expected, Read(mode, max).MaxAttempts);

    [TestMethod]
    [DataRow("adaptive", "")]
    [DataRow("", "0")]
    [DataRow("", "101")]
    [DataRow("", "many")]
    public void FromEnvironment_UnusableValue_IsRefused(string mode, string max) =>
        Assert.AreSame(AwsDiagnostics.RetryConfiguration, Assert.ThrowsExactly<NexusException>(() => Read(mode, max)).Diagnostic);

    [TestMethod]
    [DataRow(1, 1.0, 1.0)]
    [DataRow(2, 1.0, 2.0)]
    [DataRow(3, 0.5, 2.0)]
    [DataRow(6, 1.0, 20.0)]
    [DataRow(90, 1.0, 20.0)]
    [DataRow(5, 0.0, 0.0)]
    public void Backoff_Doubles_UpToTwentySeconds(int retry, double random, double seconds) =>
        Assert.AreEqual(TimeSpan.FromSeconds(seconds), AwsRetryPolicy.Backoff(retry, random));

    [TestMethod]
    [DataRow(403, null, 10, AwsFailureKind.ClockSkew)]
    [DataRow(403, null, 1, AwsFailureKind.Permanent)]
    [DataRow(403, "AccessDenied", 10, AwsFailureKind.Permanent)]
    [DataRow(400, "InvalidSignatureException", -10, AwsFailureKind.ClockSkew)]
    [DataRow(400, "InvalidSignatureException", 0, AwsFailureKind.Permanent)]
    [DataRow(400, "ProvisionedThroughputExceededException", 0, AwsFailureKind.Throttling)]
    public void Classify_CodeAndSkew_Decide(int status, string? code, int skewMinutes, AwsFailureKind expected) =>
        Assert.AreEqual(expected, AwsRetryPolicy.Classify(status, code, TimeSpan.FromMinutes(skewMinutes)));

    [TestMethod]
    [DataRow("{\"__type\":\"a.b#Code\"}", "Code")]
    [DataRow("{\"code\":\"Code:http://x\"}", "Code")]
    [DataRow("{\"message\":\"m\",\"__type\":\"Code\",\"more\":\"cut o", "Code")]
    [DataRow("{\"message\":\"cut o", null)]
    [DataRow("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code>", "NoSuchKey")]
    [DataRow("<Error><Code>NoSu", null)]
    [DataRow("{\"__type\":7}", null)]
    [DataRow("{\"__type\":\"\\ud800\"}", null)]
    [DataRow("{]", null)]
    [DataRow("", null)]
    public void FromBody_Text_FindsTheCode(string body, string? expected) =>
        Assert.AreEqual(expected, AwsErrorCode.FromBody(Encoding.UTF8.GetBytes(body)));

    [TestMethod]
    public void FromHeaders_QueryError_WinsOverTheType() =>
        Assert.AreEqual(
            "AWS.SimpleQueueService.NonExistentQueue",
            AwsErrorCode.FromHeaders([
                new("x-amzn-ErrorType", "QueueDoesNotExist"),
                new("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"),
            ])
        );

    private static AwsRetryOptions Read(string mode, string max) =>
        AwsRetryOptions.FromEnvironment(
            new Dictionary<string, string>
            {
                ["AWS_RETRY_MODE"] = mode,
                ["AWS_MAX_ATTEMPTS"] = max,
                ["AWS_PROFILE"] = "no-such-profile-here",
            }
        );
}
