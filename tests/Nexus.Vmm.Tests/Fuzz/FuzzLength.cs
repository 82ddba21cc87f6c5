using System.Globalization;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>How long tests that try random things go on: NEXUS_FUZZ_FACTOR (a decimal number) times as long as in an ordinary run. The numbers are the same in each run.</summary>
internal static class FuzzLength
{
    private const string Variable = "NEXUS_FUZZ_FACTOR";

    public static int Of(int rounds) =>
        double.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var factor)
            ? Math.Max(1, (int)(rounds * factor))
            : rounds;
}
