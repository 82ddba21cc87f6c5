namespace HelloAll;

/// <summary>Who is to be greeted.</summary>
public record Visitor(string Name);
