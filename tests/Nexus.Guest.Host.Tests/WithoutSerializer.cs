namespace Nexus.Guest.Host.Tests;

/// <summary>Handlers in an assembly without a LambdaSerializer attribute.</summary>
public static class WithoutSerializer
{
    public static void In(string input) => _ = input;

    public static void InStream(MemoryStream input) => _ = input;

    public static string Out() => "";

    public static Task<string> OutTask() => Task.FromResult("");

    public static Stream Streams(Stream input) => input;
}
