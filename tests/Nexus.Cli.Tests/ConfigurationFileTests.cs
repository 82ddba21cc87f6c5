using System.Globalization;
using System.Text;
using Nexus.Cli.Configuration;
using Nexus.Diagnostics;

namespace Nexus.Cli.Tests;

[TestClass]
public sealed class ConfigurationFileTests
{
    public static IEnumerable<object[]> EveryKey =>
        SettingCatalogue
            .Node.Select(static setting => new object[] { setting.Key, false })
            .Concat(SettingCatalogue.Function.Select(static setting => new object[] { setting.Key, true }));

    public static IEnumerable<object[]> EveryNumber => EveryKey.Where(static row => IsNumber(Find((string)row[0], (bool)row[1])));

    [TestMethod]
    [DynamicData(nameof(EveryKey))]
    public void Parse_EveryKeyWithAGoodValue_HasIt(string key, bool ofFunction)
    {
        var setting = Find(key, ofFunction);

        var values = Parse(ofFunction, $"\"{key}\": {GoodValue(setting)}");

        Assert.IsTrue(values.Has(key));
        Assert.AreEqual(Expected(setting), Describe(setting, values));
    }

    [TestMethod]
    [DynamicData(nameof(EveryKey))]
    public void Parse_EveryKeyWithTheWrongType_IsRefused(string key, bool ofFunction)
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => Parse(ofFunction, $"\"{key}\": null"));

        Assert.AreEqual("NEXUS0002", failure.Diagnostic.Id);
        StringAssert.Contains(failure.Message, $"{key} = null, nexus.json:");
    }

    [TestMethod]
    [DynamicData(nameof(EveryNumber))]
    public void Parse_EveryNumberOutOfRange_NamesValueAndRange(string key, bool ofFunction)
    {
        var setting = Find(key, ofFunction);
        var above = (setting.Most + 1).ToString(CultureInfo.InvariantCulture);
        var below = (setting.Least - 1).ToString(CultureInfo.InvariantCulture);
        foreach (var number in new[] { above, below })
        {
            var value = setting.Type is SettingType.IntegerList ? $"[{number}]" : number;

            var failure = Assert.ThrowsExactly<NexusException>(() => Parse(ofFunction, $"\"{key}\": {value}"));

            StringAssert.Contains(failure.Message, $"{key} = {value}");
            StringAssert.Contains(failure.Message, setting.Most.ToString(CultureInfo.InvariantCulture));
        }
    }

    [TestMethod]
    [DataRow("http://host/path")]
    [DataRow("user@host")]
    [DataRow("*host")]
    public void Parse_UpstreamThatIsNone_IsRefusedWithWhatIsAllowed(string place)
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => Parse(true, $"\"allowedUpstreams\": [\"good.example\", \"{place}\"]"));

        Assert.AreEqual("NEXUS0002", failure.Diagnostic.Id);
        StringAssert.Contains(failure.Message, place);
        StringAssert.Contains(failure.Message, "allowed is a list of host, host:port, scheme://host:port, *.suffix or *");
    }

    [TestMethod]
    public void Parse_FractionForAWholeNumber_IsRefused() =>
        Assert.AreEqual("NEXUS0002", Assert.ThrowsExactly<NexusException>(() => Parse(true, "\"memory\": 512.5")).Diagnostic.Id);

    [TestMethod]
    public void Parse_UnknownKey_NamesPositionAndNearestKey()
    {
        var failure = Refuse("{\n  \"functions\": { \"orders\": {\n    \"memroy\": 512 } } }");

        Assert.AreEqual("NEXUS0001", failure.Diagnostic.Id);
        StringAssert.Contains(failure.Message, "\"memroy\" at nexus.json:3:5; the nearest is \"memory\"");
    }

    [TestMethod]
    public void Parse_UnknownKeyOfTheNode_NamesTheNearestKey() =>
        StringAssert.Contains(Refuse("{ \"fonctions\": {} }").Message, "the nearest is \"functions\"");

    [TestMethod]
    [DataRow("{ \"listen\": \"http://a\", \"listen\": \"http://b\" }", "NEXUS0005", "nexus.json:1:25")]
    [DataRow("{ \"functions\": { \"a\": {}, \"a\": {} } }", "NEXUS0005", "nexus.json:1:27")]
    [DataRow("{ \"functions\": { \"a b\": {} } }", "NEXUS0006", "a b")]
    [DataRow("{ \"functions\": [] }", "NEXUS0004", "nexus.json:1:16")]
    [DataRow("{\n  \"listen\": }", "NEXUS0004", "nexus.json:2:")]
    [DataRow("[]", "NEXUS0004", "nexus.json:1:1")]
    [DataRow("", "NEXUS0004", "nexus.json:1:1")]
    [DataRow("{} {}", "NEXUS0004", "nexus.json:1:")]
    public void Parse_BrokenFile_IsRefusedWithItsPosition(string content, string id, string part)
    {
        var failure = Refuse(content);

        Assert.AreEqual(id, failure.Diagnostic.Id);
        StringAssert.Contains(failure.Message, part);
    }

    [TestMethod]
    public void Parse_CommentsTrailingCommasAndByteOrderMark_AreAllowed()
    {
        var content = Encoding.UTF8.Preamble.ToArray().Concat("{ // why\n \"region\": \"eu-west-1\", }"u8.ToArray()).ToArray();

        Assert.AreEqual("eu-west-1", ConfigurationFile.Parse("nexus.json", content).Node.Text("region"));
    }

    [TestMethod]
    public void Parse_RelativePath_IsRelativeToTheFile()
    {
        var file = ConfigurationFile.Parse(
            "/etc/nexus/nexus.json",
            "{ \"functions\": { \"a\": { \"path\": \"../publish\" } } }"u8.ToArray()
        );

        Assert.AreEqual("/etc/publish", file.Functions["a"].Text("path"));
    }

    [TestMethod]
    public void Read_MissingFile_IsRefused() =>
        Assert.AreEqual(
            "NEXUS0003",
            Assert.ThrowsExactly<NexusException>(() => ConfigurationFile.Read("/nowhere/nexus.json")).Diagnostic.Id
        );

    private static bool IsNumber(Setting setting) => setting.Type is SettingType.Integer or SettingType.Number or SettingType.IntegerList;

    private static Setting Find(string key, bool ofFunction) =>
        (ofFunction ? SettingCatalogue.Function : SettingCatalogue.Node).First(setting => setting.Key == key);

    private static NexusException Refuse(string content) =>
        Assert.ThrowsExactly<NexusException>(() => ConfigurationFile.Parse("nexus.json", Encoding.UTF8.GetBytes(content)));

    private static SettingValues Parse(bool ofFunction, string member)
    {
        var content = ofFunction ? $"{{ \"functions\": {{ \"f\": {{ {member} }} }} }}" : $"{{ {member} }}";
        var file = ConfigurationFile.Parse("/etc/nexus.json", Encoding.UTF8.GetBytes(content));
        return ofFunction ? file.Functions["f"] : file.Node;
    }

    private static string GoodValue(Setting setting) =>
        setting.Type switch
        {
            SettingType.Address => "\"http://127.0.0.1:1\"",
            SettingType.Choice => $"\"{setting.Choices[^1]}\"",
            SettingType.Integer or SettingType.Number => Text(setting.Most),
            SettingType.Flag => "true",
            SettingType.TextList => "[\"a\", \"b\"]",
            SettingType.IntegerList => $"[{Text(setting.Least)}, {Text(setting.Most)}]",
            SettingType.Variables => "{ \"A\": \"1\" }",
            _ => "\"text\"",
        };

    private static string Expected(Setting setting) =>
        setting.Type switch
        {
            SettingType.Path => "/etc/text",
            SettingType.Flag => "True",
            SettingType.TextList => "a b",
            SettingType.IntegerList => $"{Text(setting.Least)} {Text(setting.Most)}",
            SettingType.Variables => "A=1",
            _ => GoodValue(setting).Trim('"'),
        };

    private static string Describe(Setting setting, SettingValues values) =>
        setting.Type switch
        {
            SettingType.Integer => Text(values.Integer(setting.Key)),
            SettingType.Number => Text(values.Number(setting.Key)!.Value),
            SettingType.Flag => $"{values.Flag(setting.Key)}",
            SettingType.TextList => string.Join(' ', values.Texts(setting.Key)),
            SettingType.IntegerList => string.Join(' ', values.Integers(setting.Key)),
            SettingType.Variables => string.Join(' ', values.Variables(setting.Key).Select(static pair => $"{pair.Key}={pair.Value}")),
            _ => values.Text(setting.Key),
        };

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
