namespace Nexus.Rewriter;

/// <summary>A function that is ready to be started. Its paths are relative to <see cref="Folder"/>, so that the folder may be mounted anywhere.</summary>
public sealed record PreparedFunction
{
    /// <summary>Absolute path of the folder with everything the function needs.</summary>
    public required string Folder { get; init; }

    /// <summary>Name of the application: its main assembly without <c>.dll</c>.</summary>
    public required string AppName { get; init; }

    /// <summary>File name of the <c>.deps.json</c>; null for a native image.</summary>
    public string? DepsFile { get; init; }

    /// <summary>File name of the <c>.runtimeconfig.json</c>; null for a native image.</summary>
    public string? RuntimeConfigFile { get; init; }

    /// <summary>File name of the main assembly; null for a single-file or native image.</summary>
    public string? EntryAssembly { get; init; }

    /// <summary>Whether the application has a <c>Main</c> of its own; a class library is started through Nexus.Guest.Host.dll.</summary>
    public required bool IsExecutable { get; init; }

    /// <summary>Whether the application is a program that uses ASP.NET Core, and so most likely a web server.</summary>
    public bool IsServer { get; init; }

    /// <summary>
    /// File name of the executable to start when <c>dotnet</c> is not what starts it: self-contained, single-file and native applications.
    /// </summary>
    public string? NativeExecutable { get; init; }

    public required IReadOnlyList<AppliedRule> AppliedRules { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The command that starts the function, the program first.</summary>
    /// <param name="folder">Where <see cref="Folder"/> is mounted for the process, <c>/var/task</c> for instance.</param>
    /// <param name="dotnet">Path of the <c>dotnet</c> host for that process.</param>
    public IReadOnlyList<string> CommandLine(string folder, string dotnet) =>
        NativeExecutable is not null
            ? [$"{folder}/{NativeExecutable}"]
            :
            [
                dotnet,
                "exec",
                "--depsfile",
                $"{folder}/{DepsFile}",
                "--runtimeconfig",
                $"{folder}/{RuntimeConfigFile}",
                $"{folder}/{(IsExecutable ? EntryAssembly : GuestAssemblies.Host)}",
            ];
}
