using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace Faults;

/// <summary>Fails in the way that the event asks for.</summary>
public class Function
{
    public async Task<FaultDescription> FunctionHandler(FaultRequest request, ILambdaContext context)
    {
        if (request.Kind != "errorStream")
        {
            context.Logger.LogLine($"About to fail: {request.Kind}");
        }

        if (ServiceFaults.Call(request.Kind) is { } refused)
        {
            return await ServiceFaults.DescribeAsync(refused);
        }

        if (request.Kind.StartsWith("unhandled-", StringComparison.Ordinal))
        {
            await ServiceFaults.Call(request.Kind["unhandled-".Length..])!;
        }

        return request.Kind switch
        {
            "simple" => throw new InvalidOperationException("The drawer is stuck. Ünïcode \"quoted\"\nsecond line"),
            "custom" => throw new PaymentDeclinedException("Card 4711 declined") { Code = 51 },
            "nested" => throw new PaymentDeclinedException("Outer", new IOException("Middle", new TimeoutException("Inner"))),
            "aggregate" => throw new AggregateException("Several", new IOException("First"), new TimeoutException("Second")),
            "afterAwait" => await FailLaterAsync(),
            "generic" => throw new KeyNotFoundException("generic", new GenericException<int>("of int")),
            "reflection" => (FaultDescription)typeof(Function).GetMethod(nameof(Explode))!.Invoke(null, null)!,
            "exit" => Exit(request.Amount),
            "failFast" => FailFast(),
            "backgroundThread" => CrashInBackground(),
            "hang" => await HangAsync(),
            "spin" => Spin(),
            "memory" => EatMemory(request.Amount),
            "bigResponse" => new() { Filler = new string('x', request.Amount) },
            "manyLogs" => ManyLogs(request.Amount, context),
            "errorStream" => ToErrorStream(),
            "null" => null!,
            "none" => new() { Message = "Nothing failed." },
            _ => throw new ArgumentException($"There is no kind \"{request.Kind}\"."),
        };
    }

    public static FaultDescription Explode() => throw new NotSupportedException("called by reflection");

    private static async Task<FaultDescription> FailLaterAsync()
    {
        await Task.Yield();
        throw new PaymentDeclinedException("later");
    }

    private static FaultDescription Exit(int code)
    {
        Environment.Exit(code);
        return new();
    }

    private static FaultDescription FailFast()
    {
        Environment.FailFast("the function gave up");
        return new();
    }

    private static FaultDescription CrashInBackground()
    {
        var thread = new Thread(() => throw new InvalidOperationException("in the background"));
        thread.Start();
        thread.Join();
        return new();
    }

    private static async Task<FaultDescription> HangAsync()
    {
        await Task.Delay(Timeout.Infinite);
        return new();
    }

    private static FaultDescription Spin()
    {
        while (true)
        {
            Thread.SpinWait(1000);
        }
    }

    private static FaultDescription EatMemory(int megabytes)
    {
        var eaten = new List<byte[]>();
        for (var i = 0; i < megabytes; i++)
        {
            var block = new byte[1024 * 1024];
            Array.Fill(block, (byte)i);
            eaten.Add(block);
        }

        return new() { Message = $"ate {eaten.Count} MB" };
    }

    private static FaultDescription ToErrorStream()
    {
        Console.Error.WriteLine("from the error stream");
        return new() { Message = "complained" };
    }

    private static FaultDescription ManyLogs(int lines, ILambdaContext context)
    {
        for (var i = 0; i < lines; i++)
        {
            context.Logger.LogLine($"line {i} of {lines}");
        }

        Console.WriteLine("from the console");
        LambdaLogger.Log("from the static logger\n");
        return new() { Message = "logged" };
    }
}
