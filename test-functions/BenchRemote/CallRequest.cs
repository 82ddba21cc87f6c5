namespace BenchRemote;

/// <summary>What to do.</summary>
/// <param name="Operation"><c>unary-1k</c>, <c>unary-64k</c>, <c>unary-1m</c>, <c>stream-10k</c>, <c>concurrent</c>, <c>cancelled</c> or <c>nothing</c>.</param>
/// <param name="Count">How many calls.</param>
public record CallRequest(string Operation, int Count);
