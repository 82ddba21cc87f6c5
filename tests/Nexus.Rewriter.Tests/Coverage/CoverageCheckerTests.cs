using System.Text.Json;

namespace Nexus.Rewriter.Tests;

[TestClass]
public sealed class CoverageCheckerTests
{
    private const string Uses = """
        using System.Net.Http;
        namespace Sample;
        public class Uses
        {
            public static async System.Threading.Tasks.Task<string> Fetch() { using var c = new HttpClient(); return await c.GetStringAsync("http://x"); }
            public static object Raw() => new System.Net.Sockets.TcpClient();
            public static void Begin(System.Net.Sockets.Socket s) => s.BeginConnect("x", 1, null, null);
            public static object Datagrams() => new System.Net.Sockets.UdpClient();
            public static object Bare() => new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
            public static void Listen() => new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, 1).Start();
            public static object Names() => System.Net.Dns.GetHostAddresses("x");
            public static object Keys() => new Amazon.DynamoDBv2.AmazonDynamoDBClient("id", "secret");
            public static object Basic() => new Amazon.Runtime.BasicAWSCredentials("id", "secret");
            public static string Join() => string.Join(",", "a", "b");
        }
        """;

    // Found by the types' names, wherever they are.
    private const string Serves = """
        namespace Grpc.Core { public class Server; public class Channel; }
        public class Serves
        {
            public static object Serve() => new Grpc.Core.Server();
            public static object Call() => new Grpc.Core.Channel();
        }
        """;

    [TestMethod]
    public void Check_NetworkUseOfEveryKind_IsReportedWithItsPlace()
    {
        using var temp = new TempFolder();
        var folder = AwsFunction.Publish(temp.Sub("publish"));
        Compiled.Write(folder, "Uses", Uses, CompileMode.Release, AwsFunction.Sdk.Select(AwsFunction.SdkPath));
        Compiled.Write(folder, "Serves", Serves, CompileMode.Release);
        Compiled.Write(folder, "Npgsql", "public class Connection;", CompileMode.Release);

        var report = new CoverageChecker(RuleSet.Default).Check(folder);

        Assert.AreEqual("Orders", report.AppName);
        Assert.AreEqual("aws-v4-pipeline", report.Rules[0].RuleId);
        CollectionAssert.AreEqual(
            new[] { "AWSSDK.Core Covered", "AWSSDK.DynamoDBv2 Covered", "Npgsql NotCovered" },
            report.Libraries.Select(l => $"{l.Assembly} {l.Status}").ToArray()
        );
        CollectionAssert.AreEquivalent(
            new[]
            {
                "NEXUS0124 Raw",
                "NEXUS0124 Datagrams",
                "NEXUS0124 Bare",
                "NEXUS0124 Listen",
                "NEXUS0124 Names",
                "NEXUS0124 Serve",
                "NEXUS0126 Keys",
                "NEXUS0126 Basic",
                "NEXUS0126 Run",
            },
            report.Findings.Select(f => $"{f.DiagnosticId} {Name(f.Member!)}").ToArray()
        );
        Assert.IsTrue(report.Rules.Any(rule => rule.RuleId == "http-client" && rule.Member.Contains("Fetch", StringComparison.Ordinal)));
        Assert.IsFalse(report.IsComplete);
        var copy = JsonSerializer.Deserialize<CoverageReport>(JsonSerializer.Serialize(report))!;
        Assert.HasCount(report.Findings.Count, copy.Findings);
    }

    [TestMethod]
    public void Check_FunctionBuiltWithTheSdkOnly_IsCompleteBeforeAndAfterARewrite()
    {
        using var temp = new TempFolder();
        var folder = AwsFunction.Publish(temp.Sub("publish"), explicitKeys: false);
        Assert.IsTrue(new CoverageChecker(RuleSet.Default).Check(folder).IsComplete);

        new FolderRewriter(RuleSet.Default, StandIns.WriteAll(temp.Sub("guest"))).Rewrite(folder, temp["rewritten"]);
        var report = new CoverageChecker(RuleSet.Default).Check(temp["rewritten"]);
        Assert.IsTrue(report.IsComplete, string.Join("\n", report.Findings));
        StringAssert.StartsWith(report.Libraries[0].Why, "rewritten already");
    }

    [TestMethod]
    public void Check_UnknownSdkVersion_IsReported()
    {
        using var temp = new TempFolder();
        var folder = AwsFunction.Publish(temp.Sub("publish"));
        var rules = new RuleSet([RuleSet.Default.Rules[0] with { VersionFrom = new Version(4, 9) }]);

        var report = new CoverageChecker(rules).Check(folder);

        Assert.AreEqual(CoverageStatus.UnsupportedVersion, report.Libraries.Single(l => l.Assembly == "AWSSDK.Core").Status);
    }

    /// <summary>The method's own name; async methods are found in the state machine named after them.</summary>
    private static string Name(string member) =>
        member.Contains('<', StringComparison.Ordinal) ? member.Split('<')[1].Split('>')[0] : member.Split("::")[1].Split('(')[0];
}
