using Nexus.Backend.Functions;

namespace Nexus.Cli.Functions;

/// <summary>A function that was rewritten into the cache.</summary>
/// <param name="Definition">What the node needs of it.</param>
/// <param name="IsExecutable">Whether it is a program with a <c>Main</c> of its own instead of a class library.</param>
internal sealed record PreparedRun(FunctionDefinition Definition, bool IsExecutable);
