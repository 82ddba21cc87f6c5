namespace Nexus.TestKit.Functions;

/// <summary>A function's publish folder, as its user would deploy it.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="Assembly">Simple name of the main assembly.</param>
public sealed record PublishedFunction(string Folder, string Assembly)
{
    /// <summary>The handler that the test functions have by convention, for another pass it to the runner.</summary>
    public string Handler => $"{Assembly}::{Assembly}.Function::FunctionHandler";
}
