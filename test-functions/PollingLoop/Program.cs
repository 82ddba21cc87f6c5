using PollingLoop;

// A Lambda function that brings its own runtime: it asks for events and posts what came of them.
var runtime = new RuntimeClient(Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")!);
if (Environment.GetEnvironmentVariable("FAIL_AT_START") is { Length: > 0 } reason)
{
    await runtime.FailInitAsync(reason);
    return 1;
}

while (true)
{
    using var next = await runtime.NextAsync();
    var work = await next.ReadAsync();
    if (work.Kind == "exit")
    {
        return work.Amount;
    }

    await Handler.HandleAsync(runtime, next, work);
}
