using System.Text;

namespace Nexus.Backend.Tests;

/// <summary>What a function's process does not have, seen from outside while it lives.</summary>
[TestClass]
public sealed class IsolationTests
{
    [TestMethod]
    public async Task Guest_AfterAwsCalls_LoadedNoNetworking()
    {
        var node = await Shared.NodeAsync();
        await CallDynamoDbAsync(node);

        var loaded = (await node.ProbeAsync("probe", "assemblies")).Names;
        var mapped = GuestMemory.MappedFiles(GuestOf(node));

        Assert.Contains("AWSSDK.DynamoDBv2", loaded);
        // System.Net.Security is not in the list: every client's constructor asks it for the default protocols, before any pipeline is built.
        foreach (var networking in new[] { "System.Net.Sockets", "System.Net.NameResolution", "System.Net.Quic" })
        {
            Assert.DoesNotContain(networking, loaded);
            Assert.IsFalse(mapped.Any(file => file.EndsWith($"/{networking}.dll", StringComparison.Ordinal)), networking);
        }

        Assert.IsFalse(mapped.Any(static file => file.Contains("libssl", StringComparison.Ordinal)), "OpenSSL is mapped");
        Assert.IsTrue(mapped.Any(static file => file.EndsWith("/AWSSDK.Core.dll", StringComparison.Ordinal)), "the search sees nothing");
    }

    [TestMethod]
    public async Task Guest_AfterAwsCalls_HasNoHttpHandler()
    {
        var node = await Shared.NodeAsync();
        await CallDynamoDbAsync(node);

        var sources = (await node.ProbeAsync("probe", "eventSources")).Names;

        // Handlers of System.Net.Http make these when their types are initialised.
        Assert.IsNotEmpty(sources);
        Assert.DoesNotContain("System.Net.Http", sources);
        Assert.DoesNotContain("Private.InternalDiagnostics.System.Net.Http", sources);
    }

    [TestMethod]
    public async Task Guest_AfterAwsCalls_HoldsNoSocket()
    {
        var node = await Shared.NodeAsync();
        await CallDynamoDbAsync(node);

        Assert.AreEqual(0, node.Instance("probe").Process.CountSockets());
    }

    [TestMethod]
    public async Task Guest_Network_IsAPrivateLoopbackThatNobodyUses()
    {
        var node = await Shared.NodeAsync();
        await node.ProbeAsync("probe", "echo");
        var guest = GuestOf(node);

        var interfaces = File.ReadAllLines($"/proc/{guest}/net/dev").Skip(2).Select(static line => line.Split(':')[0].Trim());

        CollectionAssert.AreEqual(new[] { "lo" }, interfaces.ToArray());
        Assert.AreNotEqual(new FileInfo("/proc/self/ns/net").LinkTarget, new FileInfo($"/proc/{guest}/ns/net").LinkTarget);
        foreach (var table in new[] { "route", "tcp", "tcp6", "udp", "udp6" }.Select(name => $"/proc/{guest}/net/{name}"))
        {
            Assert.IsTrue(!File.Exists(table) || File.ReadAllLines(table).Length <= 1, $"{table} has more than its heading");
        }
    }

    [TestMethod]
    public async Task Guest_WholeMemory_HoldsNoKeyOfTheBackend()
    {
        var node = await Shared.NodeAsync();
        await CallDynamoDbAsync(node);
        var key = Encoding.ASCII.GetBytes(Shared.AccessKey);
        var secret = Encoding.ASCII.GetBytes(Shared.SecretKey);
        byte[][] asText = [Encoding.Unicode.GetBytes(Shared.AccessKey), Encoding.Unicode.GetBytes(Shared.SecretKey)];
        var control = Encoding.ASCII.GetBytes(Shared.Planted);

        (IReadOnlyList<byte[]> Found, long Bytes, bool SawRegion) result;
        try
        {
            result = GuestMemory.Search(GuestOf(node), [control, key, secret, .. asText]);
        }
        catch (UnauthorizedAccessException)
        {
            Assert.Inconclusive("This user may not read another process's memory.");
            return;
        }

        // The control value shows that the search would have found the others.
        CollectionAssert.AreEqual(new[] { control }, result.Found.ToArray(), "found besides the planted value");
        Assert.IsTrue(result.SawRegion, "the shared region was searched");
        Assert.IsTrue(result.Bytes > 10_000_000, $"only {result.Bytes} bytes were readable");
    }

    [TestMethod]
    public async Task Guest_Environment_HoldsPlaceholdersInsteadOfKeys()
    {
        var node = await Shared.NodeAsync();
        await node.ProbeAsync("probe", "echo");

        var environment = await File.ReadAllTextAsync($"/proc/{GuestOf(node)}/environ");

        Assert.Contains("AWS_ACCESS_KEY_ID=NEXUS-NO-CREDENTIALS", environment);
        Assert.DoesNotContain(Shared.SecretKey, environment);
    }

    private static async Task CallDynamoDbAsync(TestNode node)
    {
        var answer = await node.ProbeAsync("probe", "table", "items");
        Assert.AreEqual("OK", answer.Json.GetProperty("text").GetString(), answer.Text);
    }

    private static int GuestOf(TestNode node) => node.Instance("probe").Process.GuestId!.Value;
}
