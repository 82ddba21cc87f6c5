using Mono.Cecil;
using Mono.Cecil.Cil;
using Nexus.Diagnostics;

namespace Nexus.Rewriter.Tests;

/// <summary>Rewrites that go wrong on purpose: the verifier must catch each.</summary>
[TestClass]
public sealed class OutputVerifierTests
{
    [TestMethod]
    public void Verify_FaithfulCopy_Passes() => Verify(_ => { });

    [TestMethod]
    public void Verify_OtherMethodChanged_IsCaught() =>
        Caught(m => Body(m, "Store", "Get").Instructions.First(i => i.OpCode == OpCodes.Ldstr).Operand = "!");

    [TestMethod]
    public void Verify_BranchMoved_IsCaught() =>
        Caught(m =>
        {
            var branch = Body(m, "Store", "Describe").Instructions.First(i => i.OpCode.FlowControl is FlowControl.Cond_Branch);
            branch.Operand = ((Instruction)branch.Operand).Next;
        });

    [TestMethod]
    public void Verify_HandlerLost_IsCaught() => Caught(m => Body(m, "Store", "Describe").ExceptionHandlers.Clear());

    [TestMethod]
    public void Verify_MethodLost_IsCaught() =>
        Caught(m => m.GetType("Lib.Store").Methods.Remove(m.GetType("Lib.Store").Methods.Single(x => x.Name == "Twice")));

    [TestMethod]
    public void Verify_MemberAdded_IsCaught() =>
        Caught(m => m.GetType("Lib.Store").Fields.Add(new FieldDefinition("extra", FieldAttributes.Public, m.TypeSystem.Int32)));

    [TestMethod]
    public void Verify_VisibilityChanged_IsCaught() => Caught(m => m.GetType("Lib.Store").IsSealed = true);

    [TestMethod]
    public void Verify_AttributeLost_IsCaught() => Caught(m => m.Assembly.CustomAttributes.RemoveAt(0));

    [TestMethod]
    public void Verify_IdentityChanged_IsCaught() => Caught(m => m.Assembly.Name.Version = new Version(9, 9));

    [TestMethod]
    public void Verify_ForeignReferenceAdded_IsCaught() =>
        Caught(m => m.AssemblyReferences.Add(new AssemblyNameReference("Elsewhere", new Version(1, 0))));

    [TestMethod]
    public void Verify_OutputThatIsNoImage_IsCaught()
    {
        using var temp = new TempFolder();
        var path = Compiled.Write(temp.Path, "Lib", StoreLibrary.Library, CompileMode.Release);
        var error = Assert.ThrowsExactly<NexusException>(() =>
            OutputVerifier.Verify(path, File.ReadAllBytes(path)[..500], new RewriteLog("Lib"), RuleSet.Default)
        );
        Assert.AreEqual(RewriterDiagnostics.VerificationFailed, error.Diagnostic);
    }

    private static MethodBody Body(ModuleDefinition module, string type, string method) =>
        module.GetType("Lib." + type).Methods.Single(m => m.Name == method).Body;

    private static void Caught(Action<ModuleDefinition> damage)
    {
        var error = Assert.ThrowsExactly<NexusException>(() => Verify(damage));
        Assert.AreEqual(RewriterDiagnostics.VerificationFailed, error.Diagnostic);
    }

    private static void Verify(Action<ModuleDefinition> change)
    {
        using var temp = new TempFolder();
        var path = Compiled.WriteCached(temp.Path, "Lib", StoreLibrary.Library, CompileMode.Release);
        using var module = ModuleDefinition.ReadModule(path);
        change(module);
        using var output = new MemoryStream();
        module.Write(output);
        OutputVerifier.Verify(path, output.ToArray(), new RewriteLog("Lib"), RuleSet.Default);
    }
}
