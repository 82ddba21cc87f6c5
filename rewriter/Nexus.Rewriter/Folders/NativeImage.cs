namespace Nexus.Rewriter;

/// <summary>Recognises the native executables that .NET publishes.</summary>
internal static class NativeImage
{
    // SHA-256 of ".net core bundle"; the host's header offset stands in the eight bytes before it and is zero in an ordinary apphost.
    private static ReadOnlySpan<byte> BundleSignature =>
        [
            0x8b,
            0x12,
            0x02,
            0xb9,
            0x6a,
            0x61,
            0x20,
            0x38,
            0x72,
            0x7b,
            0x93,
            0x02,
            0x14,
            0xd7,
            0xa0,
            0x32,
            0x13,
            0xf5,
            0xb9,
            0xe6,
            0xef,
            0xae,
            0x33,
            0x18,
            0xee,
            0x3b,
            0x2d,
            0xce,
            0x24,
            0xb3,
            0x6a,
            0xae,
        ];

    // Exported by every NativeAOT runtime for its debugger.
    private static ReadOnlySpan<byte> AotMarker => "DotNetRuntimeDebugHeader"u8;

    // Names of the guest's entry points; those that the program calls are in its image.
    private static readonly byte[][] GuestMarkers =
    [
        [.. "AwsInterception"u8],
        [.. "HttpInterception"u8],
        [.. "GrpcChannelInterception"u8],
        [.. "ServerInterception"u8],
    ];

    /// <summary>Single-file or NativeAOT; null for anything else, an ordinary apphost included.</summary>
    public static PublishForm? Classify(string path)
    {
        if (!LooksExecutable(path))
            return null;
        var image = File.ReadAllBytes(path).AsSpan();
        var signature = image.IndexOf(BundleSignature);
        if (signature >= sizeof(long) && BitConverter.ToInt64(image[(signature - sizeof(long))..]) != 0)
            return PublishForm.SingleFile;
        return signature < 0 && image.IndexOf(AotMarker) >= 0 ? PublishForm.NativeAot : null;
    }

    /// <summary>Whether the image was built with Nexus.Build, as far as one can tell from outside.</summary>
    public static bool CallsGuest(string path)
    {
        var image = File.ReadAllBytes(path);
        return GuestMarkers.Any(marker => image.AsSpan().IndexOf(marker) >= 0);
    }

    /// <summary>Whether it is such an image of a web server.</summary>
    public static bool ServesThroughGuest(string path) => File.ReadAllBytes(path).AsSpan().IndexOf("ServerInterception"u8) >= 0;

    private static bool LooksExecutable(string path)
    {
        if (Path.GetExtension(path) is ".dll" or ".so" or ".pdb" or ".json" or ".dbg" or ".xml")
            return false;
        using var stream = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        var read = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
        return read == 4 && (magic.SequenceEqual("\u007fELF"u8) || magic[..2].SequenceEqual("MZ"u8));
    }
}
