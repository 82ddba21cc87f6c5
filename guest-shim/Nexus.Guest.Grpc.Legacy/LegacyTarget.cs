using System.Collections.Concurrent;
using System.Globalization;
using Nexus.Channel;
using Nexus.Diagnostics;
using ChannelOptions = Grpc.Core.ChannelOptions;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>Reads what a channel was made with: each setting is honoured, is the backend's to decide, or is refused.</summary>
internal sealed class LegacyTarget
{
    private const string DnsScheme = "dns:";
    private const int DefaultMostReceived = 4 * 1024 * 1024;
    private const string DefaultPort = "443";

    // Settings that change who is spoken to rather than how.
    private static readonly string[] Refused = [ChannelOptions.SslTargetNameOverride, ChannelOptions.DefaultAuthority];

    private readonly ConcurrentDictionary<(MethodType, string), IMethod> _methods = [];

    private LegacyTarget(GrpcTarget calls, string target, int? mostSent)
    {
        Calls = calls;
        Target = target;
        MostSent = mostSent;
    }

    /// <summary>Where to and with which settings; what it does not say is below.</summary>
    public GrpcTarget Calls { get; }

    /// <summary>As the channel was given it, which is how the native library writes it too.</summary>
    public string Target { get; }

    /// <summary>Bytes; null for no limit.</summary>
    public int? MostSent { get; }

    /// <exception cref="NotSupportedException">NEXUS0755 or NEXUS0756.</exception>
    public static LegacyTarget Create(ChannelPeer peer, string target, ChannelCredentials credentials, IEnumerable<ChannelOption>? options)
    {
        var given = new Dictionary<string, ChannelOption>();
        foreach (var option in options ?? [])
        {
            given.Add(option.Name, option);
        }

        if (Refused.FirstOrDefault(given.ContainsKey) is { } refused)
        {
            throw new NotSupportedException(GrpcStubDiagnostics.LegacySetting.With(refused).Message);
        }

        var (isSecure, callCredentials) = LegacyCredentialsReader.Read(credentials);
        var scheme = isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        var authority = AuthorityOf(target);
        if (authority is null || !Uri.TryCreate($"{scheme}://{authority}/", UriKind.Absolute, out var address))
        {
            throw new NotSupportedException(GrpcStubDiagnostics.LegacyAddress.With(target).Message);
        }

        return new LegacyTarget(
            new GrpcTarget
            {
                Peer = peer,
                Address = address,
                Scheme = scheme,
                Authority = authority,
                UserAgent = LegacyUserAgent.Of(
                    Text(given, ChannelOptions.PrimaryUserAgentString),
                    Text(given, ChannelOptions.SecondaryUserAgentString)
                ),
                ChannelType = typeof(LibraryChannel).FullName!,
                MaxReceiveBytes = Limit(given, ChannelOptions.MaxReceiveMessageLength, DefaultMostReceived),
                ReceivedTooLarge = LegacyStatus.ReceivedTooLarge,
                Compressions = LegacyCompression.All,
                UsesCallCredentials = isSecure,
                CallCredentials = callCredentials,
            },
            target,
            Limit(given, ChannelOptions.MaxSendMessageLength, null)
        );
    }

    /// <summary>The method of that name, the same one each time.</summary>
    /// <exception cref="NotSupportedException">NEXUS0756: it is asked of another host.</exception>
    public IMethod Method(MethodType type, string fullName, string? host)
    {
        if (host is not null && host != Calls.Authority)
        {
            throw new NotSupportedException(GrpcStubDiagnostics.LegacySetting.With($"host {host}").Message);
        }

        return _methods.GetOrAdd((type, fullName), static key => new LegacyMethod(key.Item1, key.Item2));
    }

    /// <summary>Host and port of a target; null when it names none or several.</summary>
    private static string? AuthorityOf(string target)
    {
        var rest = target.StartsWith(DnsScheme, StringComparison.Ordinal) ? target[DnsScheme.Length..].TrimStart('/') : target;
        if (rest.Length == 0 || rest.AsSpan().ContainsAny("/,?#@"))
        {
            return null;
        }

        // An IPv6 address without a port has colons too, but then it ends in a bracket.
        var colon = rest.LastIndexOf(':');
        return colon <= rest.LastIndexOf(']') ? $"{rest}:{DefaultPort}"
            : int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? rest
            : null;
    }

    private static string? Text(Dictionary<string, ChannelOption> options, string name) =>
        options.TryGetValue(name, out var option) ? option.StringValue : null;

    private static int? Limit(Dictionary<string, ChannelOption> options, string name, int? otherwise) =>
        !options.TryGetValue(name, out var option) ? otherwise
        : option.IntValue < 0 ? null
        : option.IntValue;
}
