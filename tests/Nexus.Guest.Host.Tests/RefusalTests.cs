using System.Reflection;
using Nexus.Diagnostics;
using Nexus.Guest.Host.Lambda;

namespace Nexus.Guest.Host.Tests;

[TestClass]
public sealed class RefusalTests
{
    [TestMethod]
    [DataRow("Signatures::Overloaded", "NEXUS0305", "System.String Overloaded(Int32)")]
    [DataRow("GenericHandler`1::Handle", "NEXUS0306", "GenericHandler")]
    [DataRow("AbstractHandler::Handle", "NEXUS0307", "AbstractHandler")]
    [DataRow("IHandler::Handle", "NEXUS0308", "IHandler")]
    [DataRow("AbstractHandler::NotThere", "NEXUS0309", "NotThere")]
    [DataRow("Refused::Generic", "NEXUS0310", "Generic")]
    [DataRow("Refused::AsyncVoid", "NEXUS0311", "AsyncVoid")]
    [DataRow("Refused::Params", "NEXUS0312", "Params")]
    [DataRow("Refused::Three", "NEXUS0313", "Three")]
    [DataRow("Refused::SecondNotContext", "NEXUS0314", "SecondNotContext")]
    [DataRow("Refused::ByReference", "NEXUS0315", "ByReference")]
    [DataRow("Refused::SerializerIsNull", "NEXUS0318", "LambdaSerializer")]
    [DataRow("Refused::SerializerNeedsArguments", "NEXUS0319", "SerializerWithoutConstructor")]
    [DataRow("Refused::SerializerIsNone", "NEXUS0320", "System.Object")]
    [DataRow("WithoutConstructor::Handle", "NEXUS0321", "WithoutConstructor")]
    [DataRow("Signatures::duoble", "NEXUS0304", "did you mean 'Double'?")]
    [DataRow("Signature::Double", "NEXUS0303", "did you mean 'Handlers.Signatures'?")]
    public void Bind_UnusableHandler_SaysWhyWithTheValue(string handler, string id, string part)
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => Subject.Bind(handler));

        Assert.AreEqual(id, failure.Diagnostic.Id);
        StringAssert.Contains(failure.Message, part);
        Assert.AreEqual("LambdaValidationException", ErrorReport.From(failure).ErrorType);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("Handlers")]
    [DataRow("Handlers::Type")]
    [DataRow("Handlers:: ::Method")]
    [DataRow("::Type::Method")]
    [DataRow("Handlers::Type::")]
    public void Bind_MalformedHandler_SaysTheForm(string handler)
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => Bind(handler));

        Assert.AreSame(HostDiagnostics.HandlerMalformed, failure.Diagnostic);
    }

    [TestMethod]
    public void Bind_MissingAssembly_NamesTheNearestFile()
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => Bind("Handlrs::Handlers.Signatures::Make"));

        Assert.AreSame(HostDiagnostics.AssemblyNotFound, failure.Diagnostic);
        StringAssert.Contains(failure.Message, "did you mean 'Handlers'?");
    }

    [TestMethod]
    public void Bind_DamagedAssembly_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("nexus-host-").FullName;
        try
        {
            File.WriteAllText(Path.Join(folder, "Damaged.dll"), "this is not an assembly");

            var failure = Assert.ThrowsExactly<NexusException>(() =>
                LambdaHandler.Bind("Damaged::T::M", folder, new LambdaLog(Stream.Null))
            );

            Assert.AreSame(HostDiagnostics.AssemblyUnloadable, failure.Diagnostic);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    [DataRow(nameof(WithoutSerializer.In), "NEXUS0316")]
    [DataRow(nameof(WithoutSerializer.InStream), "NEXUS0316")]
    [DataRow(nameof(WithoutSerializer.Out), "NEXUS0317")]
    [DataRow(nameof(WithoutSerializer.OutTask), "NEXUS0317")]
    public void Bind_NoSerializerForOtherThanStream_IsRefused(string method, string id)
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => BindHere(nameof(WithoutSerializer), method));

        Assert.AreEqual(id, failure.Diagnostic.Id);
    }

    [TestMethod]
    public async Task Bind_NoSerializerForStreams_Works()
    {
        var handler = BindHere(nameof(WithoutSerializer), nameof(WithoutSerializer.Streams));
        using var payload = new MemoryStream("x"u8.ToArray());
        using var response = new MemoryStream();

        Assert.IsNull(await handler.InvokeAsync(payload, Subject.Info, response));
        CollectionAssert.AreEqual("x"u8.ToArray(), response.ToArray());
    }

    // Activator.CreateInstance and the static constructor throw wrapped, and aws-lambda-dotnet's LambdaBootstrap.InitializeAsync
    // reports the exception as it comes.
    [TestMethod]
    [DataRow("ThrowingConstructor::Handle", "TargetInvocationException", "constructor failed")]
    [DataRow("ThrowingStatic::Handle", "TypeInitializationException", "static failed")]
    [DataRow("Refused::SerializerThrows", "TargetInvocationException", "serializer constructor")]
    public void Bind_FunctionCodeThrows_ReportsAsLambdaDoes(string handler, string errorType, string cause)
    {
        var failure = Assert.Throws<Exception>(() => Subject.Bind(handler));
        var report = ErrorReport.From(failure);

        Assert.AreEqual(errorType, report.ErrorType);
        Assert.AreEqual(cause, ErrorDocument.Parse(report).GetProperty("cause").GetProperty("errorMessage").GetString());
    }

    [TestMethod]
    public void Diagnostics_All_AreDistinctAndInRange()
    {
        var declared = typeof(HostDiagnostics)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (Diagnostic)field.GetValue(null)!)
            .ToArray();

        CollectionAssert.AreEquivalent(declared, HostDiagnostics.All.ToArray());
        Assert.AreEqual(declared.Length, declared.Select(diagnostic => diagnostic.Id).Distinct().Count());
        Assert.IsTrue(declared.All(diagnostic => diagnostic.Id.StartsWith("NEXUS03", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("kitten", "sitting", 3)]
    [DataRow("Handler", "handler", 0)]
    [DataRow("", "abc", 3)]
    public void Distance_TwoNames_CountsEdits(string left, string right, int expected) =>
        Assert.AreEqual(expected, NearestName.Distance(left, right));

    private static LambdaHandler Bind(string handler) => LambdaHandler.Bind(handler, AppContext.BaseDirectory, new LambdaLog(Stream.Null));

    private static LambdaHandler BindHere(string type, string method) =>
        Bind($"{typeof(RefusalTests).Assembly.GetName().Name}::{typeof(RefusalTests).Namespace}.{type}::{method}");
}
