namespace Nexus.Guest.Grpc.Legacy;

/// <summary>A method by its full name, which is all that the library's calls are given.</summary>
internal sealed class LegacyMethod(MethodType type, string fullName) : IMethod
{
    public MethodType Type => type;

    public string FullName => fullName;

    public string ServiceName => fullName[(fullName.StartsWith('/') ? 1 : 0)..Math.Max(1, fullName.LastIndexOf('/'))];

    public string Name => fullName[(fullName.LastIndexOf('/') + 1)..];
}
