using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host.Tests;

[TestClass]
public sealed class LogTemplateTests
{
    [TestMethod]
    [DataRow("{0} and {1}", "a and 2")]
    [DataRow("{1} and {0} and {1}", "2 and a and 2")]
    [DataRow("{first} and {@second}", "a and 2")]
    [DataRow("{first} and {0}", "a and 2")]
    [DataRow("{first,3}|{second:0.0}", "  a|2.0")]
    [DataRow("{{literal}} {x}", "{literal} a")]
    [DataRow("{a} {b} {missing}", "a 2 {missing}")]
    [DataRow("{5}", "{5}")]
    [DataRow("open { end", "open { end")]
    [DataRow("", "")]
    public void Format_Placeholders_AreFilledAsOnLambda(string template, string expected) =>
        Assert.AreEqual(expected, LogTemplate.Format(template, ["a", 2]));
}
