using Handlers;

namespace Nexus.Guest.Host.Tests;

[TestClass]
public sealed class SignatureTests
{
    private const string Order = """{"Id":"a","Count":2}""";

    [TestMethod]
    [DataRow("Signatures::Make", "", """{"Id":"made","Count":1}""")]
    [DataRow("Signatures::FromContext", "", """{"Id":"request-1","Count":2}""")]
    [DataRow("Signatures::Double", Order, """{"Id":"a","Count":4}""")]
    [DataRow("Signatures::DoubleWithContext", Order, """{"Id":"arequest-1","Count":4}""")]
    [DataRow("Signatures::TaskOfOrder", Order, """{"Id":"arequest-1","Count":4}""")]
    [DataRow("Signatures::TaskDerived", "", """{"Id":"derived","Count":5}""")]
    [DataRow("Signatures::Upper", "\"text\"", "\"TEXT\"")]
    [DataRow("Signatures::Next", "41", "42")]
    [DataRow("Signatures::Mirror", """{"X":1,"Y":2}""", """{"X":2,"Y":1}""")]
    [DataRow("Signatures::Collections", "[1,2]", """{"numbers":[1,2]}""")]
    [DataRow("Signatures::Echo", "raw bytes", "raw bytes")]
    [DataRow("Signatures::DerivedStream", "raw bytes", "raw bytes")]
    [DataRow("Signatures::StreamAsync", "raw", "raw/request-1")]
    [DataRow("Signatures::OwnSerializer", Order, "/*method*/" + Order)]
    [DataRow("Signatures::Closing", "plain", "plain!")]
    [DataRow("Signatures::Static", "\"x\"", "\"static x\"")]
    [DataRow("Signatures::Private", "\"x\"", "\"private x\"")]
    [DataRow("Signatures::Null", "", "null")]
    [DataRow("Signatures+Nested::Handle", "", "\"nested\"")]
    [DataRow("Signatures::System.String Overloaded(System.String)", "\"x\"", "\"text x\"")]
    [DataRow("Signatures::System.String Overloaded(Int32)", "3", "\"number 3\"")]
    [DataRow("StructHandler::Handle", "\"x\"", "\"struct x\"")]
    [DataRow("Concrete::Handle", Order, "\"ax2\"")]
    [DataRow("Inheriting::Handle", Order, "\"ax2\"")]
    [DataRow("Inheriting::System.String Convert(Handlers.Order)", Order, "\"ax2\"")]
    [DataRow("AbstractHandler::StaticOfAbstract", "", "\"static of abstract\"")]
    public async Task Invoke_EverySignature_GivesTheSerializedResult(string handler, string payload, string expected)
    {
        var (response, error) = await Subject.CallAsync(handler, payload);

        Assert.IsNull(error, error?.ErrorMessage);
        Assert.AreEqual(expected, response);
    }

    [TestMethod]
    [DataRow("Nothing", "", "Nothing")]
    [DataRow("OnlyInput", Order, "OnlyInput a")]
    [DataRow("OnlyContext", "", "OnlyContext request-1")]
    [DataRow("InputAndContext", Order, "InputAndContext a request-1")]
    [DataRow("TaskOnly", Order, "TaskOnly a")]
    public async Task Invoke_HandlerWithoutResult_RunsAndAnswersNothing(string method, string payload, string seen)
    {
        Signatures.Seen = null;

        var (response, error) = await Subject.CallAsync($"Signatures::{method}", payload);

        Assert.IsNull(error, error?.ErrorMessage);
        Assert.AreEqual("", response);
        Assert.AreEqual(seen, Signatures.Seen);
    }

    // Lambda awaits Task and Task<T> only (InvokeDelegateBuilder of aws-lambda-dotnet), and hands a ValueTask to the serializer.
    [TestMethod]
    public async Task Invoke_ValueTask_IsSerializedAsAValue()
    {
        var (response, error) = await Subject.CallAsync("Signatures::ValueTaskOfInt");

        Assert.IsNull(error, error?.ErrorMessage);
        StringAssert.Contains(response, "\"IsCompletedSuccessfully\":true");
    }

    [TestMethod]
    public async Task Invoke_ManyTimes_KeepsOneInstance()
    {
        var handler = Subject.Bind("Signatures::Next");
        for (var i = 0; i < 3; i++)
        {
            using var response = new MemoryStream();
            using var payload = new MemoryStream("1"u8.ToArray());
            Assert.IsNull(await handler.InvokeAsync(payload, Subject.Info, response));
            CollectionAssert.AreEqual("2"u8.ToArray(), response.ToArray());
        }
    }
}
