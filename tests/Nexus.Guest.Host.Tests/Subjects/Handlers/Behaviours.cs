using Amazon.Lambda.Core;

namespace Handlers;

public class TeapotException(string message, Exception? inner = null) : Exception(message, inner);

public class UnprintableException : Exception
{
    public override string Message => throw new InvalidOperationException("no message");

    public override string ToString() => throw new InvalidOperationException("no text");
}

public class Failures
{
    public string Throws() => throw new TeapotException("short and \"stout\"\n\u0001\u2028 é", new ArgumentException("inner"));

    public async Task<string> ThrowsLater()
    {
        await Task.Yield();
        throw new TeapotException("later");
    }

    public Task<string> NullTask() => null!;

    public Task NullPlainTask() => null!;

    public Stream NullStream() => null!;

    public Task<string> Cancelled() => Task.FromCanceled<string>(new CancellationToken(true));

    public Task<string> FaultedTwice()
    {
        var source = new TaskCompletionSource<string>();
        source.SetException([new TeapotException("first"), new TeapotException("second")]);
        return source.Task;
    }

    public string Aggregate() => throw new AggregateException("several", new TeapotException("one"), new ArgumentException("two"));

    public string Blocking() => ThrowsLater().Result;

    public string Unprintable() => throw new UnprintableException();

    public string Huge() => throw new TeapotException("outer", new TeapotException(new string('é', 300_000)));

    public string Deep()
    {
        Exception inner = new TeapotException("innermost");
        for (var i = 0; i < 10_000; i++)
        {
            inner = new TeapotException("level", inner);
        }
        throw inner;
    }

    public string Bushy()
    {
        Exception inner = new TeapotException("leaf");
        for (var i = 0; i < 12; i++)
        {
            inner = new AggregateException("branch", inner, inner);
        }
        throw inner;
    }
}

public class Contexts
{
    public static Stream? Kept;

    public string[] Everything(ILambdaContext c) =>
        [
            c.AwsRequestId,
            c.FunctionName,
            c.FunctionVersion,
            c.InvokedFunctionArn,
            $"{c.MemoryLimitInMB}",
            c.LogGroupName,
            c.LogStreamName,
            $"{c.RemainingTime > TimeSpan.FromSeconds(1) && c.RemainingTime <= TimeSpan.FromSeconds(60)}",
            c.Identity.IdentityId ?? "none",
            c.Identity.IdentityPoolId ?? "none",
            c.ClientContext.Client?.AppTitle ?? "none",
            c.ClientContext.Client?.InstallationId ?? "none",
            c.ClientContext.Custom?["k"] ?? "none",
            c.ClientContext.Environment?["locale"] ?? "none",
        ];

    public string[] Newer(ILambdaContext c) =>
        [c.TraceId, c.TenantId ?? "none", c.Serializer?.GetType().Name ?? "none", c.NewerThanTheHost ?? "null"];

    public string? Trace() => Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID");

    public void Logs(ILambdaContext c)
    {
        c.Logger.Log("raw;");
        c.Logger.LogLine("a line");
        c.Logger.LogWarning("careful");
        c.Logger.Log("Debug", "hidden");
        c.Logger.Log("Custom", "own level");
        c.Logger.Log("Information", "{count:000} of {what}", 7, "things");
        c.Logger.LogError(new InvalidOperationException("why"), "it {0} and {0}", "failed");
        LambdaLogger.Log("static");
        LambdaLogger.Log("Error", "static {x}", 1);
        LambdaLogger.Log("Critical", new InvalidOperationException("worst"), "static", []);
    }

    public string Keep(Stream input)
    {
        Kept = input;
        return $"{input.Length}";
    }
}
