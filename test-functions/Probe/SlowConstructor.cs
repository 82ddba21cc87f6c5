using System.Globalization;

namespace Probe;

/// <summary>Takes its time to be constructed.</summary>
public class SlowConstructor
{
    public SlowConstructor() =>
        Thread.Sleep(int.Parse(Environment.GetEnvironmentVariable("CONSTRUCTION_MS") ?? "0", CultureInfo.InvariantCulture));

    public string FunctionHandler(string input) => input;
}
