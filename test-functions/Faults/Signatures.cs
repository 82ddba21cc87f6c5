using System.Text;
using Amazon.Lambda.Core;
using Amazon.Lambda.Serialization.SystemTextJson;

namespace Faults;

/// <summary>Handlers of every allowed shape.</summary>
public class Signatures
{
    public static string Static(string input) => $"static {input}";

    public string NoInput() => "no input";

    public string OnlyContext(ILambdaContext context) =>
        $"{context.FunctionName.Length > 0} {context.MemoryLimitInMB} {context.RemainingTime > TimeSpan.Zero}";

    public void Nothing(Dictionary<string, int> input) => Console.WriteLine($"sum {input.Values.Sum()}");

    public async Task NothingLater(List<int> input)
    {
        await Task.Yield();
        Console.WriteLine($"count {input.Count}");
    }

    public Stream Streams(Stream input)
    {
        using var reader = new StreamReader(input);
        return new MemoryStream(Encoding.UTF8.GetBytes($"{{\"length\":{reader.ReadToEnd().Length}}}"));
    }

    public async Task<Stream> StreamsLater(Stream input, ILambdaContext context)
    {
        var copy = new MemoryStream();
        await input.CopyToAsync(copy);
        copy.Position = 0;
        return copy;
    }

    [LambdaSerializer(typeof(DefaultLambdaJsonSerializer))]
    public FaultRequest OwnSerializer(FaultRequest input) => new() { Kind = input.Kind + "!", Amount = input.Amount + 1 };

    public int Number(int input) => input + 1;
}
