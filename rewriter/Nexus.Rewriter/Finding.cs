namespace Nexus.Rewriter;

/// <summary>Something the reader of a report should know about one place of the function.</summary>
/// <param name="DiagnosticId">The diagnostic it is an instance of, for <c>nexus explain</c>.</param>
/// <param name="Assembly">Simple name of the assembly, or the file name of what is not one.</param>
/// <param name="Member">The member it is in, if it is in one.</param>
/// <param name="Message">One sentence with the offending value.</param>
public sealed record Finding(string DiagnosticId, string Assembly, string? Member, string Message);
