using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Nexus.Guest.Host.Lambda;

// The function's deps.json does not list this program's own assemblies.
AssemblyLoadContext.Default.Resolving += (context, name) =>
{
    var file = Path.Join(AppContext.BaseDirectory, $"{name.Name}.dll");
    return name.Name!.StartsWith("Nexus.", StringComparison.Ordinal) ? context.LoadFromAssemblyPath(file) : null;
};
return Run(args[0]);

[MethodImpl(MethodImplOptions.NoInlining)]
static int Run(string handler)
{
    ErrorReport? error;
    using var response = new MemoryStream();
    try
    {
        var bound = LambdaHandler.Bind(handler, AppContext.BaseDirectory, LambdaLog.ToStandardError());
        using var payload = new MemoryStream();
        Console.OpenStandardInput().CopyTo(payload);
        payload.Position = 0;
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30).ToUnixTimeMilliseconds();
        var info = new InvocationInfo("request-1", deadline)
        {
            TraceId = "Root=1-2-3",
            ClientContextJson = """{"client":{"app_title":"app","installation_id":"i-1"},"custom":{"k":"v"},"env":{"locale":"de"}}""",
            CognitoIdentityJson = """{"cognitoIdentityId":"who","cognitoIdentityPoolId":"pool"}""",
        };
        error = bound.InvokeAsync(payload, info, response).GetAwaiter().GetResult();
    }
#pragma warning disable CA1031
    catch (Exception failure)
#pragma warning restore CA1031
    {
        error = ErrorReport.From(failure);
    }
    using var output = Console.OpenStandardOutput();
    output.Write(error is null ? response.GetBuffer().AsSpan(0, (int)response.Length) : error.Json.Span);
    output.Write("\n"u8);
    foreach (var assembly in Environment.GetEnvironmentVariable("LIST_ASSEMBLIES") is null ? [] : AppDomain.CurrentDomain.GetAssemblies())
    {
        Console.WriteLine(assembly.GetName().Name);
    }
    return error is null ? 0 : 1;
}
