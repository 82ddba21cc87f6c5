namespace Nexus.Rewriter.Tests;

/// <summary>A published class-library function on the real AWS SDK, made without a build: the SDK's assemblies lie beside the tests.</summary>
internal static class AwsFunction
{
    public static readonly string[] Sdk = ["AWSSDK.Core.dll", "AWSSDK.DynamoDBv2.dll"];

    private const string Source = """
        namespace Sample {
        public class Function
        {
            public static string Run()
            {
                using var client = new Amazon.DynamoDBv2.AmazonDynamoDBClient("id", "secret", Amazon.RegionEndpoint.EUWest1);
                return "made " + client.GetType().Name;
            }
        }
        }
        """;

    private const string Main = """
        public static class Program
        {
            public static void Main() => System.Console.WriteLine(Sample.Function.Run());
        }
        """;

    public static string SdkPath(string file) => Path.Combine(AppContext.BaseDirectory, file);

    /// <summary>Writes the folder: <c>Orders.dll</c>, the SDK, and the files that <c>dotnet publish</c> would add.</summary>
    public static string Publish(string folder, bool executable = false, bool withConfig = true, bool explicitKeys = true)
    {
        foreach (var file in Sdk)
            File.Copy(SdkPath(file), Path.Combine(folder, file));
        var source = explicitKeys
            ? Source
            : Source.Replace("\"id\", \"secret\"", "new Amazon.Runtime.AnonymousAWSCredentials()", StringComparison.Ordinal);
        Compiled.Write(folder, "Orders", executable ? source + "\n" + Main : source, CompileMode.Release, Sdk.Select(SdkPath));
        if (!withConfig)
            return folder;
        File.WriteAllText(
            Path.Combine(folder, "Orders.runtimeconfig.json"),
            """{"runtimeOptions":{"tfm":"net8.0","rollForward":"LatestMajor","framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"}}}"""
        );
        File.WriteAllText(
            Path.Combine(folder, "Orders.deps.json"),
            """
            {
              "runtimeTarget": { "name": ".NETCoreApp,Version=v8.0", "signature": "" },
              "targets": {
                ".NETCoreApp,Version=v8.0": {
                  "Orders/1.0.0": { "runtime": { "Orders.dll": {} } },
                  "AWSSDK.Core/4.0.0": { "runtime": { "lib/net8.0/AWSSDK.Core.dll": {} } },
                  "AWSSDK.DynamoDBv2/4.0.0": { "runtime": { "lib/net8.0/AWSSDK.DynamoDBv2.dll": {} } }
                }
              },
              "libraries": {
                "Orders/1.0.0": { "type": "project", "serviceable": false, "sha512": "" },
                "AWSSDK.Core/4.0.0": { "type": "package", "serviceable": true, "sha512": "" },
                "AWSSDK.DynamoDBv2/4.0.0": { "type": "package", "serviceable": true, "sha512": "" }
              }
            }
            """
        );
        return folder;
    }
}
