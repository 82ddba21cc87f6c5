using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.VisualBasic;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Nexus.Diagnostics;
using static Nexus.Rewriter.Tests.StoreLibrary;

namespace Nexus.Rewriter.Tests;

/// <summary>Inputs that are broken, foreign, signed or of no interest.</summary>
[TestClass]
public sealed class InputTests
{
    // The public half of a 1024-bit key made for this test; nobody needs the other half.
    private const string PublicKey =
        "0024000004800000940000000602000000240000525341310004000001000100b5fc90e7027f67871e773a8fde8938c81dd402ba65b9201d60593e96c492651e889cc13f1415ebb53fac1131ae0bd333c5ee6021672d9718ea31a8aebd0da0072f25d87dba6fc90ffd598ed4da35e44c398c454307e8e33b8426143daec9f596836f97c8f74750e5975c64e2189f45def46b2a2b1247adc3652bf5c308055da9";

    private static readonly RewriteRule Get = Rule(RewriteKind.CallBefore, "Lib.Store", "Get", "Before");

    [TestMethod]
    public void Rewrite_TextFile_IsNotAnAssembly() => Refused(RewriterDiagnostics.NotAnAssembly, "hello, this is not a DLL"u8.ToArray());

    [TestMethod]
    public void Rewrite_EmptyFile_IsNotAnAssembly() => Refused(RewriterDiagnostics.NotAnAssembly, []);

    [TestMethod]
    public void Rewrite_FileCutShort_IsCorrupt()
    {
        var whole = Library();
        foreach (var length in (int[])[100, whole.Length / 4, whole.Length / 2])
            Refused(RewriterDiagnostics.CorruptAssembly, whole[..length]);
    }

    [TestMethod]
    public void Rewrite_RandomlyDamagedFile_NeverFailsInAnotherWay()
    {
        var random = new Random(20240607);
        var whole = Library();
        using var temp = new TempFolder();
        var path = temp["Lib.dll"];
        for (var round = 0; round < 300; round++)
        {
            var damaged = (byte[])whole.Clone();
            for (var i = 0; i < 1 + round % 20; i++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, damaged);
            try
            {
                new AssemblyRewriter(new RuleSet([Get])).Rewrite(path, temp["out.dll"]);
            }
            catch (NexusException e)
            {
                Assert.Contains(e.Diagnostic, RewriterDiagnostics.All);
            }
        }
    }

    [TestMethod]
    public void Rewrite_MixedModeImage_IsRefused()
    {
        var image = Library();
        using (var reader = new PEReader(new MemoryStream(image)))
        {
            // The flags are at offset 16 of the CLI header; bit 0 says that there is IL only.
            reader.PEHeaders.TryGetDirectoryOffset(reader.PEHeaders.PEHeader!.CorHeaderTableDirectory, out var header);
            image[header + 16] &= 0xfe;
        }
        Refused(RewriterDiagnostics.MixedMode, image);
    }

    [TestMethod]
    public void Rewrite_AssemblyWithoutAnyRule_IsUntouchedAndNothingIsWritten()
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["Lib.dll"], Library());
        var result = new AssemblyRewriter(RuleSet.Default).Rewrite(temp["Lib.dll"], temp["out.dll"]);
        Assert.AreEqual(RewriteOutcome.Untouched, result.Outcome);
        Assert.IsFalse(File.Exists(temp["out.dll"]));
    }

    [TestMethod]
    public void Rewrite_RewrittenWithOtherRules_IsRefused()
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["Lib.dll"], Library());
        new AssemblyRewriter(new RuleSet([Get])).Rewrite(temp["Lib.dll"], temp["out.dll"]);
        var error = Assert.ThrowsExactly<NexusException>(() =>
            new AssemblyRewriter(new RuleSet([Get with { Number = 9 }])).Rewrite(temp["out.dll"], temp["again.dll"])
        );
        Assert.AreEqual(RewriterDiagnostics.AlreadyRewritten, error.Diagnostic);
    }

    [TestMethod]
    public void Rewrite_StrongName_KeepsTheIdentity()
    {
        using var temp = new TempFolder();
        var path = Compiled.Write(temp.Path, "Lib", StoreLibrary.Library, CompileMode.Release, key: PublicKey);
        new AssemblyRewriter(new RuleSet([Get])).Rewrite(path, temp["out.dll"]);
        var name = System.Reflection.AssemblyName.GetAssemblyName(temp["out.dll"]);
        Assert.AreEqual(System.Reflection.AssemblyName.GetAssemblyName(path).FullName, name.FullName);
        Assert.HasCount(8, name.GetPublicKeyToken()!);
    }

    [TestMethod]
    public void Rewrite_InPlace_ReplacesTheFileAtOnce()
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["Lib.dll"], Library());
        new AssemblyRewriter(new RuleSet([Get])).Rewrite(temp["Lib.dll"], temp["Lib.dll"]);
        Assert.HasCount(1, Directory.GetFiles(temp.Path));
        Assert.AreEqual(RewriteOutcome.AlreadyRewritten, new AssemblyRewriter(new RuleSet([Get])).Analyze(temp["Lib.dll"]).Outcome);
    }

    [TestMethod]
    public void Rewrite_MismatchedSymbols_AreDroppedAndReported()
    {
        using var temp = new TempFolder();
        var path = Compiled.Write(temp.Path, "Lib", StoreLibrary.Library, CompileMode.Release);
        var other = Compiled.Write(temp.Sub("other"), "Lib", StoreLibrary.Library + "public class More;", CompileMode.Release);
        File.Copy(Path.ChangeExtension(other, ".pdb"), temp["Lib.pdb"], overwrite: true);
        var result = new AssemblyRewriter(new RuleSet([Get])).Rewrite(path, temp["out.dll"]);
        Assert.AreEqual("NEXUS0123", result.Findings.Single().DiagnosticId);
        Assert.IsFalse(File.Exists(temp["out.pdb"]));
    }

    [TestMethod]
    public void Rewrite_SymbolsOfAThrowingMethod_KeepTheirLines()
    {
        const string cases =
            "public static string Run()\n{\n  new Store(\"a\").Get(\"k\");\n\n  try { throw new Exception(); } catch (Exception e) { return e.StackTrace; }\n}";
        foreach (var mode in CompileMode.All.Where(m => m.Symbols is not null))
        {
            With(cases, Rule(RewriteKind.ReplaceCall, "Lib.Store", "Get", "Get"))
                .InMode(mode, r => StringAssert.EndsWith(r.Call("Run"), $"/src/Client.cs:line {LineOf(cases, "throw")}", $"{mode}"));
        }
    }

    [TestMethod]
    public void Rewrite_VisualBasic_CallsAreReplaced()
    {
        using var temp = new TempFolder();
        var lib = Compiled.Write(temp.Path, "Lib", StoreLibrary.Library, CompileMode.Release);
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal));
        var source = """
            Public Class Cases
                Public Shared Async Function Run() As System.Threading.Tasks.Task(Of String)
                    Dim s As New [Lib].Store("a")
                    Return s.Get("k") & Await s.GetAsync("l")
                End Function
            End Class
            """;
        var compilation = VisualBasicCompilation.Create(
            "Client",
            [VisualBasicSyntaxTree.ParseText(source)],
            trusted.Append(lib).Select(p => MetadataReference.CreateFromFile(p)),
            new VisualBasicCompilationOptions(OutputKind.DynamicallyLinkedLibrary, embedVbCoreRuntime: true)
        );
        var result = compilation.Emit(temp["Client.dll"]);
        Assert.IsTrue(result.Success, string.Join("\n", result.Diagnostics));
        var rewritten = new AssemblyRewriter(
            new RuleSet([
                Rule(RewriteKind.ReplaceCall, "Lib.Store", "Get", "Get"),
                Rule(RewriteKind.ReplaceCall, "Lib.Store", "GetAsync", "GetAsync", 2),
            ])
        ).Rewrite(temp["Client.dll"], temp["out.dll"]);
        Assert.HasCount(2, rewritten.Applied);
    }

    [TestMethod]
    public void WrapReturn_TailCalls_AreUndone()
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["plain.dll"], Library());
        using (var module = ModuleDefinition.ReadModule(temp["plain.dll"]))
        {
            // What the F# compiler emits for 'member s.Name() = s.Get("tail")'.
            var store = module.GetType("Lib.Store");
            var method = new MethodDefinition("Tail", MethodAttributes.Public, module.TypeSystem.String);
            var il = method.Body.GetILProcessor();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldstr, "tail");
            il.Emit(OpCodes.Tail);
            il.Emit(OpCodes.Callvirt, store.Methods.Single(m => m.Name == "Get"));
            il.Emit(OpCodes.Ret);
            store.Methods.Add(method);
            module.Write(temp["Lib.dll"]);
        }
        new AssemblyRewriter(new RuleSet([Rule(RewriteKind.WrapReturn, "Lib.Store", "Tail", "Wrap")])).Rewrite(
            temp["Lib.dll"],
            temp["out.dll"]
        );
        using var after = ModuleDefinition.ReadModule(temp["out.dll"]);
        var body = after.GetType("Lib.Store").Methods.Single(m => m.Name == "Tail").Body;
        Assert.DoesNotContain(OpCodes.Tail, body.Instructions.Select(i => i.OpCode));
    }

    private static int LineOf(string cases, string text) =>
        (ClientHead + "public static class Cases\n{\n" + cases)[
            ..(ClientHead.Length + "public static class Cases\n{\n".Length + cases.IndexOf(text, StringComparison.Ordinal))
        ]
            .Count(c => c == '\n') + 1;

    private static byte[] Library()
    {
        using var temp = new TempFolder();
        return File.ReadAllBytes(
            Compiled.WriteCached(temp.Path, "Lib", StoreLibrary.Library, new CompileMode(OptimizationLevel.Release, null))
        );
    }

    private static void Refused(Nexus.Diagnostics.Diagnostic expected, byte[] input)
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["Lib.dll"], input);
        var error = Assert.ThrowsExactly<NexusException>(() =>
            new AssemblyRewriter(new RuleSet([Get])).Rewrite(temp["Lib.dll"], temp["out.dll"])
        );
        Assert.AreEqual(expected, error.Diagnostic, error.Message);
        CollectionAssert.AreEqual(input, File.ReadAllBytes(temp["Lib.dll"]));
        Assert.HasCount(1, Directory.GetFiles(temp.Path));
    }
}
