using System.Text.Json;

namespace Nexus.Bench.Aws;

/// <summary>A running instance of a function that makes the calls its event asks for.</summary>
internal abstract class FunctionSubject : Subject
{
    public override async Task<CallFigures> CallAsync(string operation, int count)
    {
        var answer = await InvokeAsync(Request(operation, count));
        return JsonSerializer.Deserialize<CallFigures>(answer, JsonSerializerOptions.Web)!;
    }

    protected abstract Task<string> InvokeAsync(string request);

    protected static string Request(string operation, int count) =>
        FormattableString.Invariant($$"""{"operation":"{{operation}}","count":{{count}}}""");
}
