using System.Globalization;
using Nexus.Backend.Functions;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Instances;

/// <summary>The whole environment of an instance: the runtime's, the function's own and, for a handler, Lambda's.</summary>
internal static class GuestVariables
{
    /// <summary>For SDKs that insist on finding credentials; worth nothing anywhere, and known to the stub.</summary>
    private const string PlaceholderKey = "NEXUS-NO-CREDENTIALS";

    /// <summary>The assembly that puts the channel's server in Kestrel's place; the runtime ignores it in trimmed and native programs, which are rewritten instead.</summary>
    private const string ServerHook = "Nexus.Guest.AspNetCore";

    public static Dictionary<string, string> Of(FunctionDefinition function, string instanceId, string taskRoot)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = "/tmp",
            ["LANG"] = "en_US.UTF-8",
            ["TZ"] = ":UTC",
            ["AWS_REGION"] = function.Region,
            ["AWS_DEFAULT_REGION"] = function.Region,
            ["AWS_ACCESS_KEY_ID"] = PlaceholderKey,
            ["AWS_SECRET_ACCESS_KEY"] = PlaceholderKey,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["NEXUS_IDLE_COLLECT_MS"] = function.IdleCollectMilliseconds.ToString(CultureInfo.InvariantCulture),
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_NOLOGO"] = "1",
        };
        if (function.Kind is FunctionKind.Lambda)
        {
            AddLambda(variables, function, instanceId, taskRoot);
        }
        else
        {
            variables["DOTNET_STARTUP_HOOKS"] = ServerHook;
        }

        if (function.LeanRuntime)
        {
            AddLeanRuntime(variables);
        }

        AddEndpoints(variables);
        foreach (var (name, value) in function.Environment)
        {
            variables[name] = name == "DOTNET_STARTUP_HOOKS" && variables.TryGetValue(name, out var own) ? $"{own}:{value}" : value;
        }

        variables["NEXUS_NETWORK"] = function.HostNetwork || function.Sandbox == "none" ? "host" : "none";
        variables["NEXUS_CHANNEL"] = "3,4,5";
        return variables;
    }

    private static void AddLambda(Dictionary<string, string> variables, FunctionDefinition function, string instanceId, string taskRoot)
    {
        variables["AWS_LAMBDA_FUNCTION_NAME"] = function.Name;
        variables["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
        variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = function.MemoryMb.ToString(CultureInfo.InvariantCulture);
        variables["AWS_LAMBDA_LOG_GROUP_NAME"] = $"/aws/lambda/{function.Name}";
        variables["AWS_LAMBDA_LOG_STREAM_NAME"] =
            $"{DateTime.UtcNow.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture)}/[$LATEST]{instanceId}";
        variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
        variables["AWS_EXECUTION_ENV"] = "AWS_Lambda_dotnet10";
        variables["LAMBDA_TASK_ROOT"] = taskRoot;
        variables["LAMBDA_RUNTIME_DIR"] = "/var/runtime";
        variables["_HANDLER"] = function.Handler;
        if (function.Handler.Length == 0)
        {
            variables["AWS_LAMBDA_RUNTIME_API"] = RuntimeApi.RuntimeApiExecutor.Authority;
        }
    }

    private static void AddLeanRuntime(Dictionary<string, string> variables)
    {
        variables["DOTNET_gcServer"] = "0";
        variables["DOTNET_gcConcurrent"] = "0";
        variables["DOTNET_TieredPGO"] = "0";
        // Every page of code would be mapped twice; what keeps a hostile function in is the sandbox, not its own runtime.
        variables["DOTNET_EnableWriteXorExecute"] = "0";
        // A pool thread that finds no work sleeps at once: the instance's next work comes over the ring, not from another thread.
        variables["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
    }

    /// <summary>Endpoints are no secret, and the SDK composes its URIs from them.</summary>
    private static void AddEndpoints(Dictionary<string, string> variables)
    {
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry is { Key: string name, Value: string value } && name.StartsWith("AWS_ENDPOINT_URL", StringComparison.Ordinal))
            {
                variables[name] = value;
            }
        }
    }
}
