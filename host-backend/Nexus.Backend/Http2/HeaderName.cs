using System.Buffers;

namespace Nexus.Backend.Http2;

/// <summary>What a header's name may be made of.</summary>
internal static class HeaderName
{
    private static readonly SearchValues<char> s_allowed = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );

    public static bool IsValid(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(s_allowed);
}
