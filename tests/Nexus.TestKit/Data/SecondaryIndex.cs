namespace Nexus.TestKit.Data;

/// <summary>A global secondary index with a string and a number key.</summary>
public sealed record SecondaryIndex(string Name, string HashKey, string RangeKey);
