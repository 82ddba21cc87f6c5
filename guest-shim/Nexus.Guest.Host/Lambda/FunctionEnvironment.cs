using System.Globalization;

namespace Nexus.Guest.Host.Lambda;

/// <summary>What the environment variables that Lambda defines say about the function; read once.</summary>
internal sealed record FunctionEnvironment(string Name, string Version, string LogGroup, string LogStream, int MemoryMB)
{
    public static FunctionEnvironment Read() =>
        new(
            Get("AWS_LAMBDA_FUNCTION_NAME"),
            Get("AWS_LAMBDA_FUNCTION_VERSION"),
            Get("AWS_LAMBDA_LOG_GROUP_NAME"),
            Get("AWS_LAMBDA_LOG_STREAM_NAME"),
            int.TryParse(Get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), NumberStyles.None, CultureInfo.InvariantCulture, out var memory)
                ? memory
                : 0
        );

    private static string Get(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}
