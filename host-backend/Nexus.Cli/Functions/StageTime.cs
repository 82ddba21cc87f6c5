namespace Nexus.Cli.Functions;

/// <summary>A stage of a machine's start.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="What">What is reached with it.</param>
/// <param name="At">Milliseconds since the first.</param>
/// <param name="Took">Milliseconds since the one before.</param>
internal sealed record StageTime(string Stage, string What, double At, double Took);
