using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace Probe;

/// <summary>Tells what its surroundings look like from inside, and misbehaves on request.</summary>
public class Function
{
    public async Task<ProbeAnswer> FunctionHandler(ProbeRequest request, ILambdaContext context)
    {
        context.Logger.LogLine($"probe {request.Kind} {request.Text}");
        return request.Kind switch
        {
            "echo" => new() { Text = request.Text },
            "context" => new() { Text = $"{context.InvokedFunctionArn} {context.ClientContext?.Custom["color"]}" },
            "process" => new() { Text = $"{Environment.ProcessId} {Environment.TickCount64}" },
            "sleep" => await SleepAsync(request.Amount),
            "fail" => throw new InvalidOperationException(request.Text),
            "kill" => KillItself(),
            "garbage" => MakeGarbage(request.Amount),
            "nativeMemory" => EatNativeMemory(request.Amount),
            "assemblies" => new() { Names = [.. AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name!)] },
            "eventSources" => new() { Names = [.. EventSource.GetSources().Select(source => source.Name)] },
            "scribbleMachine" => MachineScribbler.Scribble(request.Amount),
            "scribble" => Scribbler.Scribble(request.Amount),
            "table" => await Tables.DescribeAsync(request.Text),
            "endpoint" => await Tables.CallAsync(request.Text),
            "keys" => await Tables.CallWithKeysAsync(),
            "identity" => Identity(),
            _ => throw new ArgumentException($"There is no kind \"{request.Kind}\"."),
        };
    }

    // Made in the constructor, where it is asked for: random numbers load OpenSSL, which other tests of this function must not find.
    private readonly string _made = Environment.GetEnvironmentVariable("PROBE_IDENTITY") is null
        ? ""
        : Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>What this function was when it was made, and random numbers that no other process may have.</summary>
    private ProbeAnswer Identity() =>
        new()
        {
            Text = _made,
            Names =
            [
                Guid.NewGuid().ToString(),
                Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
                DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            ],
        };

    private static async Task<ProbeAnswer> SleepAsync(int milliseconds)
    {
        await Task.Delay(milliseconds);
        return new() { Text = "slept" };
    }

    private static ProbeAnswer EatNativeMemory(int megabytes)
    {
        for (var i = 0; i < megabytes; i++)
        {
            var block = Marshal.AllocHGlobal(1024 * 1024);
            for (var page = 0; page < 1024 * 1024; page += 4096)
            {
                Marshal.WriteByte(block, page, 1);
            }
        }

        return new() { Text = $"ate {megabytes} MB" };
    }

    /// <summary>Memory that is of no use any more when the answer is there.</summary>
    private static ProbeAnswer MakeGarbage(int megabytes)
    {
        var blocks = new byte[megabytes][];
        for (var i = 0; i < megabytes; i++)
        {
            blocks[i] = new byte[1024 * 1024];
            blocks[i].AsSpan().Fill(1);
        }

        return new() { Text = $"{blocks.Sum(static block => block.Length)}" };
    }

    private static ProbeAnswer KillItself()
    {
        using var own = Process.GetCurrentProcess();
        own.Kill();
        Thread.Sleep(Timeout.Infinite);
        return new();
    }
}
