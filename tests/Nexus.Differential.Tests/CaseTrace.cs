namespace Nexus.Differential.Tests;

/// <summary>Everything about a case that must not depend on how the function ran.</summary>
internal sealed record CaseTrace(string Answers, string Logs, string Stored);
