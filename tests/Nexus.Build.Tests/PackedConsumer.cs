using System.Reflection;
using Nexus.Rewriter.Tests;

namespace Nexus.Build.Tests;

/// <summary>Packs Nexus.Build once, then makes projects that use the package as any user would.</summary>
internal sealed class PackedConsumer : IDisposable
{
    private const string Program = """
        using Amazon.DynamoDBv2;
        using Amazon.DynamoDBv2.Model;

        var config = new AmazonDynamoDBConfig { ServiceURL = "http://127.0.0.1:9", MaxErrorRetry = 0 };
        using var client = new AmazonDynamoDBClient("id", "secret", config);
        try
        {
            await client.GetItemAsync("orders", new Dictionary<string, AttributeValue> { ["id"] = new() { S = "1" } });
        }
        catch (Exception e) when (e is AmazonDynamoDBException or HttpRequestException)
        {
            Console.WriteLine("answered");
        }
        """;

    /// <summary>A program whose own code makes a client.</summary>
    public const string HttpProgram = """
        using var client = new HttpClient();
        try
        {
            await client.GetStringAsync("http://127.0.0.1:9/");
        }
        catch (HttpRequestException)
        {
            Console.WriteLine("answered");
        }
        """;

    /// <summary>A web server that ends once it listens, unless it is told to stay.</summary>
    public static string ServerProgram => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", "ServerProgram.cs"));

    private static readonly Dictionary<string, string?> Facts = Assembly
        .GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(a => a.Key, a => a.Value);

    private readonly TempFolder temp = new();
    private readonly string feed;
    private readonly string version = $"0.0.{DateTime.UtcNow:yyyyMMdd}-test{Guid.NewGuid().ToString("N")[..8]}";

    public PackedConsumer()
    {
        feed = temp.Sub("feed");
        GuestFolder = temp.Sub("guest");
        foreach (
            var project in (string[])
                [
                    "Nexus.Guest.Aws/V3",
                    "Nexus.Guest.Aws/V4",
                    "Nexus.Guest.Http.Factory",
                    "Nexus.Guest.Grpc.Legacy",
                    "Nexus.Guest.Grpc.NetClient",
                    "Nexus.Guest.AspNetCore",
                ]
        )
        {
            var built = Path.Combine(Facts["RepositoryRoot"]!, "guest-shim", project, "bin", Facts["Configuration"]!, "net8.0");
            foreach (var file in Directory.GetFiles(built, "Nexus.*.dll"))
                File.Copy(file, Path.Combine(GuestFolder, Path.GetFileName(file)), overwrite: true);
        }
        var (code, output) = DotNet(
            "pack",
            Path.Combine(Facts["RepositoryRoot"]!, "rewriter/Nexus.Build/Nexus.Build.csproj"),
            "--no-build",
            "-c",
            Facts["Configuration"]!,
            "-o",
            feed,
            $"-p:NexusGuestFolder={GuestFolder}/",
            $"-p:Version={version}"
        );
        Assert.AreEqual(0, code, output);
    }

    /// <summary>The guest assemblies that were packed.</summary>
    public string GuestFolder { get; }

    /// <summary>A fresh project folder that references the package and the real DynamoDB SDK.</summary>
    /// <param name="name">Name of the folder.</param>
    /// <param name="program">Its source.</param>
    public string Create(string name, string program = Program) => Create(name, program, "Microsoft.NET.Sdk", "");

    /// <summary>A fresh project folder with <see cref="ServerProgram"/>.</summary>
    /// <param name="name">Name of the folder.</param>
    public string CreateServer(string name) =>
        Create(
            name,
            ServerProgram,
            "Microsoft.NET.Sdk.Web",
            $"""
                <PackageReference Include="Grpc.AspNetCore" Version="2.85.0" />
                <Protobuf Include="{Facts["RepositoryRoot"]}test-functions/RemoteCalls/Protos/trials.proto" ProtoRoot="{Facts[
                "RepositoryRoot"
            ]}test-functions/RemoteCalls/Protos" />
            """
        );

    private string Create(string name, string program, string sdk, string items)
    {
        var folder = temp.Sub(name);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
        File.WriteAllText(
            Path.Combine(folder, "Consumer.csproj"),
            $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
                <SatelliteResourceLanguages>en</SatelliteResourceLanguages>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="AWSSDK.Core" Version="4.0.102.19" />
                <PackageReference Include="AWSSDK.DynamoDBv2" Version="4.0.110.2" />
                <PackageReference Include="Nexus.Build" Version="{version}" PrivateAssets="all" />
              {items}
              </ItemGroup>
            </Project>
            """
        );
        // Nothing of this repository's own settings may leak into the consumer.
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(folder, "Directory.Packages.props"), "<Project />");
        return folder;
    }

    /// <summary>Builds or publishes and returns the build's output; fails the test with it otherwise.</summary>
    public static string Make(string folder, string verb, params string[] arguments)
    {
        var (code, output) = DotNet([verb, Path.Combine(folder, "Consumer.csproj"), "-o", Path.Combine(folder, "out"), .. arguments]);
        Assert.AreEqual(0, code, output);
        return output;
    }

    public void Dispose()
    {
        var cached = Path.Combine(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages"),
            "nexus.build",
            version
        );
        if (Directory.Exists(cached))
            Directory.Delete(cached, recursive: true);
        temp.Dispose();
    }

    private static (int ExitCode, string Output) DotNet(params string[] arguments) =>
        // No build servers: they would outlive the test and hold its folders.
        ChildProcess.Run(
            [ChildProcess.DotNet, .. arguments, "-nodeReuse:false"],
            ("MSBUILDDISABLENODEREUSE", "1"),
            ("UseSharedCompilation", "false"),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
            ("MSBUILDTERMINALLOGGER", "off")
        );
}
