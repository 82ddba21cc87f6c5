namespace Probe;

/// <summary>Cannot be constructed.</summary>
public class FailingConstructor
{
    public FailingConstructor() => throw new InvalidOperationException("the drawer is locked");

    public string FunctionHandler(string input) => input;
}
