using System.Collections.Concurrent;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>A channel of the function's own client library as its calls see it: where to, with which settings, and which calls are running.</summary>
public sealed class GrpcTarget
{
    private readonly object _lock = new();
    private readonly HashSet<IDisposable> _running = [];
    private readonly ConcurrentDictionary<IMethod, (GrpcAddresses? Addresses, byte[] Head)> _methods = new(
        ReferenceEqualityComparer.Instance
    );

    /// <summary>This process's end of its channel to the backend.</summary>
    public required ChannelPeer Peer { get; init; }

    /// <summary>The channel's address.</summary>
    public required Uri Address { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Host and port; empty when each of several servers is called by its own name.</summary>
    public required string Authority { get; init; }

    public required string UserAgent { get; init; }

    /// <summary>Full name of the library's channel type, for the exception that a disposed one throws.</summary>
    public required string ChannelType { get; init; }

    /// <summary>What the exception that a disposed call throws names; null for the full name of the library's type.</summary>
    public string? CallName { get; init; }

    /// <summary>Bytes; null for no limit.</summary>
    public int? MaxSendBytes { get; init; }

    /// <summary>Bytes; null for no limit.</summary>
    public int? MaxReceiveBytes { get; init; }

    /// <summary>The library's words for a message above the limit, from its length and the limit; null for those of Grpc.Net.Client.</summary>
    internal Func<uint, int, Status>? ReceivedTooLarge { get; init; }

    /// <summary>By name, such as <c>gzip</c>, in the order in which they are announced.</summary>
    public IReadOnlyList<KeyValuePair<string, IMessageCompression>> Compressions { get; init; } = [];

    public bool ThrowsOperationCanceled { get; init; }

    /// <summary>Whether call credentials are used: over TLS, or where the channel's settings permit it.</summary>
    public bool UsesCallCredentials { get; init; }

    public IReadOnlyList<CallCredentials> CallCredentials { get; init; } = [];

    /// <summary>Whether the library would connect by itself before it sends, which shows in what a refused connection looks like.</summary>
    public bool ConnectsFirst { get; init; }

    /// <summary>Finds the servers of a channel that has several; null for one server, which the authority names.</summary>
    public IAddressSource? Servers { get; init; }

    public bool IsDisposed { get; private set; }

    internal string AcceptEncoding =>
        field ??= string.Join(',', Compressions.Select(static pair => pair.Key).Prepend(MessageSender.Identity));

    /// <summary>Ends every call that runs; later ones are refused.</summary>
    public void Dispose()
    {
        IDisposable[] running;
        lock (_lock)
        {
            if (IsDisposed)
            {
                return;
            }

            IsDisposed = true;
            running = [.. _running];
        }

        foreach (var call in running)
        {
            call.Dispose();
        }
    }

    internal IMessageCompression? CompressionNamed(string name)
    {
        foreach (var (known, compression) in Compressions)
        {
            if (known == name)
            {
                return compression;
            }
        }

        return null;
    }

    internal byte[] EncodedMethod(IMethod method, GrpcAddresses? addresses) =>
        _methods.TryGetValue(method, out var known) && ReferenceEquals(known.Addresses, addresses) ? known.Head : Encode(method, addresses);

    internal void Enter(IDisposable call)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            _running.Add(call);
        }
    }

    internal void Leave(IDisposable call)
    {
        lock (_lock)
        {
            _running.Remove(call);
        }
    }

    internal void ThrowIfDisposed()
    {
#pragma warning disable CA1513 // The name is the library's, not this type's.
        if (IsDisposed)
        {
            throw new ObjectDisposedException(ChannelType);
        }
#pragma warning restore CA1513
    }

    private byte[] Encode(IMethod method, GrpcAddresses? addresses)
    {
        var head = new GrpcMethodHead
        {
            Kind = method.Type switch
            {
                MethodType.ClientStreaming => GrpcCallKind.ClientStreaming,
                MethodType.ServerStreaming => GrpcCallKind.ServerStreaming,
                MethodType.DuplexStreaming => GrpcCallKind.Duplex,
                _ => GrpcCallKind.Unary,
            },
            Scheme = Scheme,
            Authority = Authority,
            Path = method.FullName,
            UserAgent = UserAgent,
            AcceptEncoding = AcceptEncoding,
            Balancing = addresses?.Balancing ?? GrpcBalancing.None,
            Addresses = addresses?.Addresses ?? [],
        };
        var encoded = head.Encode();
        _methods[method] = (addresses, encoded);
        return encoded;
    }
}
