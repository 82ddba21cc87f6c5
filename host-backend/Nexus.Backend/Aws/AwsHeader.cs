namespace Nexus.Backend.Aws;

/// <summary>One header line; the value's characters stand for bytes (Latin-1), so that any byte survives the way.</summary>
public readonly record struct AwsHeader(string Name, string Value);
