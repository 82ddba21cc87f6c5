using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Aws;

/// <summary>Known refusals of the AWS executor's ring side, NEXUS0440 to NEXUS0449.</summary>
public static class AwsCallDiagnostics
{
    public static readonly Diagnostic ExplicitKeysRefused = new(
        "NEXUS0440",
        "The function's code brings its own AWS keys, which this node does not permit",
        "A client was made with keys written in code. By default a function acts with the credentials its operator gave it and no others.",
        "Set \"allowExplicitKeys\": true for the function, or give it a profile or role and remove the keys from its code."
    );

    public static IReadOnlyList<Diagnostic> All { get; } = [ExplicitKeysRefused];
}
