using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;

namespace Nexus.Rewriter.Tests;

/// <summary>The default rules on the SDK's own assemblies, and rules on the framework's ReadyToRun images.</summary>
[TestClass]
public sealed class RealAssemblyTests
{
    [TestMethod]
    [DataRow("4.0", "aws-v4-pipeline", "Nexus.Guest.Aws.V4")]
    [DataRow("3.7.501.1", "aws-v3-pipeline", "Nexus.Guest.Aws.V3")]
    public void DefaultRules_AwsSdkCore_IsHookedAndKeepsItsIdentity(string version, string rule, string guest)
    {
        using var temp = new TempFolder();
        var input = version == "4.0" ? AwsFunction.SdkPath("AWSSDK.Core.dll") : Package("awssdk.core/3.7.501.1/lib/net8.0/AWSSDK.Core.dll");
        var output = temp["AWSSDK.Core.dll"];

        var result = new AssemblyRewriter(RuleSet.Default).Rewrite(input, output);

        Assert.AreEqual(1, result.Applied.Count(a => a.RuleId == rule));
        CollectionAssert.AreEquivalent(
            new[] { rule, rule.Replace("pipeline", "presign", StringComparison.Ordinal) },
            result.Applied.Select(a => a.RuleId).Distinct().ToArray()
        );
        Assert.IsEmpty(result.Findings);
        Assert.AreEqual(AssemblyName.GetAssemblyName(input).FullName, AssemblyName.GetAssemblyName(output).FullName);
        CollectionAssert.Contains(References(output), guest);
        Assert.AreEqual(RewriteOutcome.AlreadyRewritten, new AssemblyRewriter(RuleSet.Default).Rewrite(output, temp["again.dll"]).Outcome);
    }

    [TestMethod]
    public void DefaultRules_AwsSdkCore_EveryMethodStillCompiles()
    {
        using var temp = new TempFolder();
        StandIns.WriteAll(temp.Path);
        new AssemblyRewriter(RuleSet.Default).Rewrite(AwsFunction.SdkPath("AWSSDK.Core.dll"), temp["AWSSDK.Core.dll"]);
        InContext(temp.Path, c => Assert.IsGreaterThan(5000, Jit.PrepareAll(c.LoadFromAssemblyPath(temp["AWSSDK.Core.dll"]))));
    }

    [TestMethod]
    public void Rule_ReadyToRunImage_BecomesPlainIlAndRuns()
    {
        using var temp = new TempFolder();
        StandIns.WriteGuest(temp.Path);
        Compiled.Write(
            temp.Path,
            "Hooks",
            "namespace Hooks; public static class To { public static int Calls; public static void Before() => Calls++; }",
            CompileMode.Release
        );
        var input = typeof(System.Collections.Specialized.HybridDictionary).Assembly.Location;
        Assert.AreEqual(ImageKind.ReadyToRun, AssemblyProbe.Open(input).Kind);
        var output = temp["System.Collections.Specialized.dll"];
        var rule = StoreLibrary.Rule(RewriteKind.CallBefore, "System.Collections.Specialized.HybridDictionary", "Add", "Before") with
        {
            Assembly = "System.Collections.Specialized",
            VersionFrom = null,
            VersionBefore = null,
        };

        new AssemblyRewriter(new RuleSet([rule])).Rewrite(input, output);

        Assert.AreEqual(ImageKind.Managed, AssemblyProbe.Open(output).Kind);
        InContext(
            temp.Path,
            c =>
            {
                var assembly = c.LoadFromAssemblyPath(output);
                Jit.PrepareAll(assembly);
                var type = assembly.GetType("System.Collections.Specialized.HybridDictionary")!;
                type.GetMethod("Add")!.Invoke(Activator.CreateInstance(type), ["k", "v"]);
                Assert.AreEqual(1, c.LoadFromAssemblyPath(temp["Hooks.dll"]).GetType("Hooks.To")!.GetField("Calls")!.GetValue(null));
            }
        );
    }

    private static string Package(string relative) =>
        Path.Combine(
            Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "PackageRoot").Value!,
            relative
        );

    private static string[] References(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    private static void InContext(string folder, Action<AssemblyLoadContext> check)
    {
        var context = new AssemblyLoadContext("real", isCollectible: true);
        context.Resolving += (c, name) =>
            Path.Combine(folder, name.Name + ".dll") is var path && File.Exists(path) ? c.LoadFromAssemblyPath(path) : null;
        try
        {
            check(context);
        }
        finally
        {
            context.Unload();
        }
    }
}
