namespace Nexus.Bench.Aws;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Of every operation of every variant.</param>
/// <param name="ItemCalls">DynamoDB calls per round.</param>
/// <param name="ObjectCalls">S3 calls per round.</param>
/// <param name="Starts">First calls of every variant.</param>
/// <param name="Together">Instances that make DynamoDB calls at the same time, in the second table of them.</param>
/// <param name="Plain">Plain HTTP to the service instead of TLS.</param>
/// <param name="UseEmulators">The local emulators instead of the canned answers.</param>
internal sealed record AwsBenchOptions(
    int Rounds = 5,
    int ItemCalls = 1000,
    int ObjectCalls = 40,
    int Starts = 5,
    int Together = 4,
    bool Plain = false,
    bool UseEmulators = false
);
