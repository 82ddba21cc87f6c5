namespace Amazon.Lambda.Core;

/// <summary>What the caller sent in <c>X-Amz-Client-Context</c>.</summary>
public interface IClientContext
{
    IDictionary<string, string> Environment { get; }

    IClientApplication Client { get; }

    IDictionary<string, string> Custom { get; }
}
