using Nexus.Diagnostics;

namespace Nexus.Rewriter;

/// <summary>Every failure the rewriter can report, NEXUS0100 to NEXUS0199.</summary>
public static class RewriterDiagnostics
{
    public static readonly Diagnostic NotAnAssembly = new(
        "NEXUS0100",
        "The file is not a .NET assembly",
        "It has no .NET metadata: a native library, a text file, or a download that is not what its name says.",
        "Point at the managed DLL of the function, normally in the output of 'dotnet publish'."
    );

    public static readonly Diagnostic CorruptAssembly = new(
        "NEXUS0101",
        "The assembly is damaged",
        "Its headers or metadata contradict themselves; the usual reason is a file that was cut short while it was copied.",
        "Publish or copy the file again; 'dotnet' would not load it either."
    );

    public static readonly Diagnostic MixedMode = new(
        "NEXUS0102",
        "The assembly holds native code of its own",
        "Mixed-mode (C++/CLI) images cannot be written again without losing their native part.",
        "Leave the assembly out of the function, or have it go through a network that you allow."
    );

    public static readonly Diagnostic AlreadyRewritten = new(
        "NEXUS0103",
        "The assembly was already rewritten, with other rules",
        "A different version of Nexus has put its calls into it; a second rewrite would put them there twice.",
        "Start again from the original assembly: publish the function anew, with the Nexus.Build package of this version or without it."
    );

    public static readonly Diagnostic UnresolvedReference = new(
        "NEXUS0104",
        "An assembly that is needed to rewrite another one cannot be found",
        "Writing the metadata asks for the definition of an enum or a base type that lives in the missing assembly.",
        "Publish the function with all of its dependencies."
    );

    public static readonly Diagnostic RuleDoesNotFit = new(
        "NEXUS0105",
        "A rule names a method that is not there",
        "The assembly's version is one the rule is for, but the method is missing or has a shape that the rule's kind cannot change.",
        "Report the library's exact package version; until then use a version listed in docs/compatibility.md."
    );

    public static readonly Diagnostic VerificationFailed = new(
        "NEXUS0106",
        "The rewritten assembly did not pass verification and was thrown away",
        "Something besides the intended methods differs from the original, or a changed method is not valid IL.",
        "Nothing was written. Report the assembly's package and version."
    );

    public static readonly Diagnostic InvalidRules = new(
        "NEXUS0107",
        "The rule set is not valid",
        "A rule is malformed, contradicts itself or shares its id or number with another one.",
        "Correct the rule named in the message."
    );

    public static readonly Diagnostic FolderNotFound = new(
        "NEXUS0110",
        "The folder does not exist",
        "Nothing is at this path, or it is a file.",
        "Give the output folder of 'dotnet publish'."
    );

    public static readonly Diagnostic NoApplication = new(
        "NEXUS0111",
        "No .NET application was found in the folder",
        "There is no *.deps.json, no *.runtimeconfig.json and no executable to tell which assembly is the function.",
        "Give the output folder of 'dotnet publish'."
    );

    public static readonly Diagnostic AmbiguousApplication = new(
        "NEXUS0112",
        "The folder holds more than one application",
        "Several *.deps.json files are there and nothing says which of them is the function's.",
        "Name the application: the assembly's name without .dll."
    );

    public static readonly Diagnostic SingleFileBundle = new(
        "NEXUS0113",
        "A single-file application cannot be rewritten after it was published",
        "Its assemblies are packed into the executable.",
        "Reference the package Nexus.Build in the project, which rewrites before packing, or publish without PublishSingleFile."
    );

    public static readonly Diagnostic NativeAot = new(
        "NEXUS0114",
        "A NativeAOT application cannot be rewritten after it was published",
        "It holds machine code only.",
        "Reference the package Nexus.Build in the project: it rewrites before the native compilation."
    );

    public static readonly Diagnostic GuestAssemblyMissing = new(
        "NEXUS0115",
        "A Nexus guest assembly is missing",
        "The rewritten function calls into it, and it is not in the guest folder of this installation.",
        "Repair the installation of Nexus, or build the guest-shim projects."
    );

    public static readonly Diagnostic DiskFull = new(
        "NEXUS0116",
        "The disk is full",
        "The rewritten function did not fit; nothing half-written was left behind.",
        "Free some space, or move the cache with 'cache' in nexus.json or NEXUS_CACHE."
    );

    public static readonly Diagnostic NotWritable = new(
        "NEXUS0117",
        "The folder cannot be written",
        "Its permissions or the file system do not allow it.",
        "Choose another folder, or give this user the right to write there."
    );

    public static readonly Diagnostic InvalidDepsFile = new(
        "NEXUS0118",
        "The .deps.json or .runtimeconfig.json is not valid",
        "It is not JSON, or lacks what the .NET host asks of it.",
        "Publish the function again."
    );

    public static readonly Diagnostic OutputOverlapsInput = new(
        "NEXUS0119",
        "The output folder would damage the input",
        "It is the same folder, inside it or around it, or holds other files already.",
        "Give an output folder that does not exist yet or is empty."
    );

    public static readonly Diagnostic UnsupportedVersion = new(
        "NEXUS0120",
        "This version of a library has no rule",
        "The library is known, but this assembly version is outside the ranges the rules were written for.",
        "Its calls are not offloaded. Use a version listed in docs/compatibility.md."
    );

    public static readonly Diagnostic SiteNotRewritable = new(
        "NEXUS0121",
        "A call site cannot be rewritten",
        "The call is a base call, goes through a boxed value, or has a signature that a static replacement cannot have.",
        "This one call is not offloaded. Call the method in an ordinary way, or allow the function a network."
    );

    public static readonly Diagnostic Reflection = new(
        "NEXUS0122",
        "The code reaches an intercepted method by reflection",
        "Names are looked up at run time; a rewriter sees calls, not names.",
        "Check that the calls made this way are offloaded, or call the method directly."
    );

    public static readonly Diagnostic SymbolsDropped = new(
        "NEXUS0123",
        "The symbols of a rewritten assembly were not kept",
        "They are in the Windows PDB format, or do not belong to this build of the assembly.",
        "Use DebugType portable or embedded; nothing else is affected."
    );

    public static readonly Diagnostic NotCovered = new(
        "NEXUS0124",
        "The function uses the network in a way that no rule covers",
        "The call goes to the operating system from inside the sandbox, which has no network.",
        "It will fail unless the function's configuration grants the node's network: \"network\": \"host\"."
    );

    public static readonly Diagnostic Presigning = new(
        "NEXUS0125",
        "The function makes presigned URLs or tokens",
        "They are signed inside the function, which has no credentials, and are used by whoever receives them.",
        "See docs/limits.md for what presigning does under Nexus."
    );

    public static readonly Diagnostic CredentialsInCode = new(
        "NEXUS0126",
        "The function brings credentials of its own",
        "Keys are given to a client in code; the backend signs with the function's role instead.",
        "Let the client find its credentials itself, and give the function a role or profile in nexus.json."
    );

    public static readonly Diagnostic BuildHost = new(
        "NEXUS0130",
        "Nexus.Build needs the .NET version of MSBuild",
        "The build runs on .NET Framework's MSBuild, which cannot load the package's tasks.",
        "Build with 'dotnet build', or set NexusEnabled to false."
    );

    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        NotAnAssembly,
        CorruptAssembly,
        MixedMode,
        AlreadyRewritten,
        UnresolvedReference,
        RuleDoesNotFit,
        VerificationFailed,
        InvalidRules,
        FolderNotFound,
        NoApplication,
        AmbiguousApplication,
        SingleFileBundle,
        NativeAot,
        GuestAssemblyMissing,
        DiskFull,
        NotWritable,
        InvalidDepsFile,
        OutputOverlapsInput,
        UnsupportedVersion,
        SiteNotRewritable,
        Reflection,
        SymbolsDropped,
        NotCovered,
        Presigning,
        CredentialsInCode,
        BuildHost,
    ];
}
