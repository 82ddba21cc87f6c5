namespace BenchCalls;

/// <summary>What to do.</summary>
/// <param name="Operation"><c>get-item</c>, <c>put-item</c>, <c>get-object</c>, <c>put-object</c>, <c>nothing</c> or <c>collect</c>.</param>
/// <param name="Count">How often, one after the other.</param>
public record CallRequest(string Operation, int Count);
