using System.CommandLine;
using System.Text;
using Nexus.Cli.Configuration;
using Nexus.Diagnostics;

namespace Nexus.Cli.Tests;

[TestClass]
public sealed class PrecedenceTests
{
    private const string File = """
        { "listen": "http://127.0.0.1:1", "region": "file-1", "functions": {
            "a": { "path": "p", "memory": 256, "environment": { "A": "file", "B": "file" } },
            "b": { "path": "p", "region": "own-1" } } }
        """;

    [TestMethod]
    public void Configuration_NothingSaid_HasTheDefaults()
    {
        var configuration = Configure(new Dictionary<string, string>());

        Assert.AreEqual(30, configuration.Node.DrainSeconds);
        Assert.AreEqual(512, Function(configuration, "b").Integer("memory"));
    }

    [TestMethod]
    public void Configuration_File_WinsOverDefaults()
    {
        var configuration = Configure(new Dictionary<string, string>());

        Assert.AreEqual("http://127.0.0.1:1", configuration.Node.Listen);
        Assert.AreEqual(256, Function(configuration, "a").Integer("memory"));
        Assert.AreEqual("file-1", Function(configuration, "a").Text("region"));
        Assert.AreEqual("own-1", Function(configuration, "b").Text("region"));
    }

    [TestMethod]
    public void Configuration_Environment_WinsOverTheFile()
    {
        var configuration = Configure(
            new Dictionary<string, string> { ["NEXUS_LISTEN"] = "http://127.0.0.1:2", ["NEXUS_MEMORY"] = "1024" }
        );

        Assert.AreEqual("http://127.0.0.1:2", configuration.Node.Listen);
        Assert.AreEqual(1024, Function(configuration, "a").Integer("memory"));
    }

    [TestMethod]
    public void Configuration_Switches_WinOverTheEnvironment()
    {
        var variables = new Dictionary<string, string> { ["NEXUS_LISTEN"] = "http://127.0.0.1:2", ["NEXUS_REGION"] = "variable-1" };

        var configuration = Configure(variables, "--listen", "http://127.0.0.1:3", "--region", "switch-1", "--env", "B=switch");

        Assert.AreEqual("http://127.0.0.1:3", configuration.Node.Listen);
        Assert.AreEqual("switch-1", Function(configuration, "b").Text("region"));
        CollectionAssert.AreEquivalent(
            new[] { "A=file", "B=switch" },
            Function(configuration, "a").Variables("environment").Select(static pair => $"{pair.Key}={pair.Value}").ToArray()
        );
    }

    [TestMethod]
    [DataRow("--quiet", "quiet", "True")]
    [DataRow("--quiet=false", "quiet", "False")]
    public void Switch_Flag_NeedsNoValue(string text, string key, string expected) =>
        Assert.AreEqual(expected, Switches(text).Flag(key).ToString());

    [TestMethod]
    public void Switch_Lists_AreRepeatedOrSeparatedByCommas()
    {
        var values = Switches("--allow-endpoints", "http://a", "--allow-endpoints", "http://b,http://c", "--async-retry-seconds", "1,2");

        Assert.AreEqual("http://a http://b http://c", string.Join(' ', values.Texts("allowEndpoints")));
        Assert.AreEqual("1 2", string.Join(' ', values.Integers("asyncRetrySeconds")));
    }

    [TestMethod]
    [DataRow("--memory", "many")]
    [DataRow("--memory", "127")]
    [DataRow("--sandbox", "jail")]
    [DataRow("--listen", "9001")]
    [DataRow("--env", "NOVALUE")]
    [DataRow("--async-retry-seconds", "1,x")]
    public void Switch_BadValue_NamesTheSwitch(string name, string value)
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => Switches(name, value));

        Assert.AreEqual("NEXUS0002", failure.Diagnostic.Id);
        StringAssert.Contains(failure.Message, $"in the switch {name}");
    }

    [TestMethod]
    public void Variable_BadValue_NamesTheVariable() =>
        StringAssert.Contains(
            Assert.ThrowsExactly<NexusException>(() => Configure(new Dictionary<string, string> { ["NEXUS_IDLE_SECONDS"] = "0" })).Message,
            "idleSeconds = 0, in the variable NEXUS_IDLE_SECONDS"
        );

    [TestMethod]
    public void Variable_Mistyped_IsWarnedOf()
    {
        var variables = new Dictionary<string, string>
        {
            ["NEXUS_MEMROY"] = "1",
            ["NEXUS_CHANNEL"] = "3,4,5",
            ["NEXUS_TIMEOUT"] = "1",
        };

        var warnings = EnvironmentSettings.Suspicious(variables).ToArray();

        Assert.HasCount(1, warnings);
        StringAssert.Contains(warnings[0], "NEXUS_MEMORY");
    }

    [TestMethod]
    [DataRow("{}", "NEXUS0007")]
    [DataRow("{ \"functions\": { \"a\": { } } }", "NEXUS0008")]
    public void Configuration_Incomplete_IsRefused(string content, string id)
    {
        var file = ConfigurationFile.Parse("nexus.json", Encoding.UTF8.GetBytes(content));

        var failure = Assert.ThrowsExactly<NexusException>(() =>
            new ServeConfiguration(file, new SettingValues(), new Dictionary<string, string>())
        );

        Assert.AreEqual(id, failure.Diagnostic.Id);
    }

    private static SettingValues Function(ServeConfiguration configuration, string name) =>
        configuration.FunctionDefaults.With(configuration.Functions[name]);

    private static ServeConfiguration Configure(IReadOnlyDictionary<string, string> variables, params string[] switches) =>
        new(ConfigurationFile.Parse("nexus.json", Encoding.UTF8.GetBytes(File)), Switches(switches), variables);

    private static SettingValues Switches(params string[] texts)
    {
        var command = new Command("test");
        var switches = new SwitchSettings(command, SettingCatalogue.Node.Concat(SettingCatalogue.Function));
        var parsed = command.Parse(texts);
        Assert.IsEmpty(parsed.Errors, string.Join(' ', parsed.Errors.Select(static error => error.Message)));
        return switches.Read(parsed);
    }
}
