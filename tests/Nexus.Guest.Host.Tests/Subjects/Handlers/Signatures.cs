using Amazon.Lambda.Core;

namespace Handlers;

public record Order(string Id, int Count);

public class Signatures
{
    public static string? Seen;

    public void Nothing() => Seen = "Nothing";

    public void OnlyInput(Order order) => Seen = $"OnlyInput {order.Id}";

    public void OnlyContext(ILambdaContext context) => Seen = $"OnlyContext {context.AwsRequestId}";

    public void InputAndContext(Order order, ILambdaContext context) => Seen = $"InputAndContext {order.Id} {context.AwsRequestId}";

    public Order Make() => new("made", 1);

    public Order FromContext(ILambdaContext context) => new(context.AwsRequestId, 2);

    public Order Double(Order order) => order with { Count = order.Count * 2 };

    public Order DoubleWithContext(Order order, ILambdaContext context) => new(order.Id + context.AwsRequestId, order.Count * 2);

    public async Task TaskOnly(Order order)
    {
        await Task.Yield();
        Seen = $"TaskOnly {order.Id}";
    }

    public async Task<Order> TaskOfOrder(Order order, ILambdaContext context)
    {
        await Task.Yield();
        return new(order.Id + context.AwsRequestId, order.Count * 2);
    }

    public DerivedTask TaskDerived()
    {
        var task = new DerivedTask(() => new Order("derived", 5));
        task.RunSynchronously();
        return task;
    }

    public ValueTask<int> ValueTaskOfInt() => new(7);

    public string Upper(string text) => text.ToUpperInvariant();

    public int Next(int number) => number + 1;

    public Point Mirror(Point point) => new(point.Y, point.X);

    public Dictionary<string, int[]> Collections(List<int> numbers) => new() { ["numbers"] = [.. numbers] };

    public Stream Echo(Stream input) => input;

    public MemoryStream DerivedStream(Stream input)
    {
        var copy = new MemoryStream();
        input.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    public async Task<Stream> StreamAsync(Stream input, ILambdaContext context)
    {
        using var reader = new StreamReader(input, leaveOpen: true);
        var text = await reader.ReadToEndAsync();
        return new MemoryStream(System.Text.Encoding.UTF8.GetBytes($"{text}/{context.AwsRequestId}"));
    }

    [LambdaSerializer(typeof(JsonOfTheMethod))]
    public Order OwnSerializer(Order order) => order;

    [LambdaSerializer(typeof(ClosingSerializer))]
    public string Closing(string text) => text + "!";

    public static string Static(string text) => $"static {text}";

    private string Private(string text) => $"private {text}";

    public Order? Null() => null;

    public string Overloaded(string text) => $"text {text}";

    public string Overloaded(int number) => $"number {number}";

    public class Nested
    {
        public string Handle() => "nested";
    }

    public sealed class DerivedTask(Func<Order> make) : Task<Order>(make);
}

public record struct Point(int X, int Y);

public struct StructHandler
{
    public string Handle(string text) => $"struct {text}";
}

public abstract class GenericBase<TIn, TOut>
{
    public TOut Handle(TIn input) => Convert(input);

    protected abstract TOut Convert(TIn input);
}

public class Concrete : GenericBase<Order, string>
{
    protected override string Convert(Order input) => $"{input.Id}x{input.Count}";
}

public class Inheriting : Concrete;

public abstract class AbstractHandler
{
    public string Handle() => "";

    public abstract string NotThere();

    public static string StaticOfAbstract() => "static of abstract";
}

public class GenericHandler<T>
{
    public string Handle() => "";
}

public interface IHandler
{
    string Handle() => "";
}

public class Refused
{
    public async void AsyncVoid() => await Task.Yield();

    public string Params(params string[] all) => "";

    public string Generic<T>(T input) => "";

    public string Three(string one, string two, ILambdaContext three) => "";

    public string SecondNotContext(string one, string two) => "";

    public string ByReference(ref int number) => "";

    [LambdaSerializer(typeof(SerializerWithoutConstructor))]
    public string SerializerNeedsArguments(string text) => text;

    [LambdaSerializer(typeof(object))]
    public string SerializerIsNone(string text) => text;

    [LambdaSerializer(null)]
    public string SerializerIsNull(string text) => text;

    [LambdaSerializer(typeof(ThrowingSerializer))]
    public string SerializerThrows(string text) => text;
}

public class WithoutConstructor(string name)
{
    public string Handle() => name;
}

public class ThrowingConstructor
{
    public ThrowingConstructor() => throw new InvalidOperationException("constructor failed");

    public string Handle() => "";
}

public static class ThrowingStatic
{
    private static readonly string s_value = Make();

    static ThrowingStatic() { }

    public static string Handle() => s_value;

    private static string Make() => throw new InvalidOperationException("static failed");
}
