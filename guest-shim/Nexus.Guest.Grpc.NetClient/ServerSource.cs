using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>
/// The servers of a channel whose address names none directly. <c>dns</c> is the backend's to resolve; every other resolver is code that the function brought, and runs here.
/// Which of the servers a call goes to is the backend's to choose, which knows whom it reaches.
/// </summary>
internal sealed class ServerSource : IAddressSource, IDisposable
{
    private const string Dns = "dns";
    private readonly object _lock = new();
    private readonly Resolver? _resolver;
    private readonly GrpcBalancing _policy;
    private readonly bool _listensToResolver;
    private TaskCompletionSource _changed = NewChange();
    private GrpcAddresses? _current;
    private bool _isStarted;

    private ServerSource(Uri address, bool isSecure, GrpcChannelOptions options, Resolver? resolver)
    {
        _resolver = resolver;
        _policy = PolicyOf(options.ServiceConfig) ?? GrpcBalancing.PickFirst;
        _listensToResolver = !options.DisableResolverServiceConfig;
        if (resolver is null)
        {
            var named = new Uri("temp://" + address.AbsolutePath.TrimStart('/'));
            Authority = $"{named.Host}:{(named.Port == -1 ? DefaultPort(isSecure) : named.Port)}";
            _current = new GrpcAddresses(_policy, []);
        }
    }

    public string Authority { get; } = "";

    /// <exception cref="NotSupportedException">NEXUS0752: nobody knows the scheme, or the library's version makes its resolvers in another way.</exception>
    public static ServerSource Create(Uri address, bool isSecure, GrpcChannelOptions options)
    {
        var factory = Services<ResolverFactory>(options)
            .FirstOrDefault(factory => factory.Name.Equals(address.Scheme, StringComparison.OrdinalIgnoreCase));
        if (address.Scheme == Dns && factory is null or DnsResolverFactory)
        {
            return new ServerSource(address, isSecure, options, resolver: null);
        }

        var resolver = factory is not null && OptionsOf(address, isSecure, options) is { } given ? factory.Create(given) : null;
        return resolver is not null
            ? new ServerSource(address, isSecure, options, resolver)
            : throw new NotSupportedException(GrpcStubDiagnostics.UnknownScheme.With(address.OriginalString).Message);
    }

    /// <summary>The name of a policy that the function's own code carries out; null when there is none.</summary>
    public static string? HasOwnPolicies(GrpcChannelOptions options) => Services<LoadBalancerFactory>(options).FirstOrDefault()?.Name;

    public async ValueTask<GrpcAddresses> CurrentAsync(bool waits, CancellationToken cancellation)
    {
        Start();
        for (; ; )
        {
            Task changed;
            lock (_lock)
            {
                if (_current is { } known && (known.Failure is null || !waits))
                {
                    return known;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Refresh() => _resolver?.Refresh();

    public void Dispose() => _resolver?.Dispose();

    private void Start()
    {
        lock (_lock)
        {
            if (_isStarted || _resolver is null)
            {
                return;
            }

            _isStarted = true;
        }

        // As the library does: the first call begins, and asks at once.
        _resolver.Start(Take);
        _resolver.Refresh();
    }

    private void Take(ResolverResult result)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            var found = Found(result);
            if (found.Failure is not null && _current is { Failure: null })
            {
                // Better the servers of before than none.
                return;
            }

            _current = found;
            changed = _changed;
            _changed = NewChange();
        }

        changed.SetResult();
    }

    private GrpcAddresses Found(ResolverResult result)
    {
        var policy = (_listensToResolver ? PolicyOf(result.ServiceConfig) : null) ?? _policy;
        return result.Status.StatusCode != StatusCode.OK ? new GrpcAddresses(policy, [], result.Status)
            : result.Addresses is { Count: > 0 } addresses ? new GrpcAddresses(policy, [.. addresses.Select(Text)])
            : new GrpcAddresses(policy, [], new Status(StatusCode.Unavailable, "Resolver returned no addresses."));
    }

    private static string Text(BalancerAddress address)
    {
        var host = address.EndPoint.Host;
        return host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')
            ? $"[{host}]:{address.EndPoint.Port}"
            : $"{host}:{address.EndPoint.Port}";
    }

    private static GrpcBalancing? PolicyOf(ServiceConfig? config) =>
        config?.LoadBalancingConfigs.FirstOrDefault()?.PolicyName switch
        {
            LoadBalancingConfig.RoundRobinPolicyName => GrpcBalancing.RoundRobin,
            LoadBalancingConfig.PickFirstPolicyName => GrpcBalancing.PickFirst,
            _ => null,
        };

    private static IEnumerable<T> Services<T>(GrpcChannelOptions options) =>
        (IEnumerable<T>?)options.ServiceProvider?.GetService(typeof(IEnumerable<T>)) ?? [];

    private static int DefaultPort(bool isSecure) => isSecure ? 443 : 80;

    /// <summary>What resolvers are made with, which only the library can make: by its one constructor, whatever its version adds to it.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A missing constructor only means that the channel is refused.")]
    private static ResolverOptions? OptionsOf(Uri address, bool isSecure, GrpcChannelOptions options)
    {
        if (typeof(ResolverOptions).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic) is not [var constructor])
        {
            return null;
        }

        var arguments = new List<object>();
        foreach (var parameter in constructor.GetParameters())
        {
            object? argument =
                parameter.ParameterType == typeof(Uri) ? address
                : parameter.ParameterType == typeof(int) ? DefaultPort(isSecure)
                : parameter.ParameterType == typeof(bool) ? options.DisableResolverServiceConfig
                : parameter.ParameterType == typeof(ILoggerFactory) ? options.LoggerFactory ?? NullLoggerFactory.Instance
                : parameter.ParameterType == typeof(GrpcChannelOptions) ? options
                : null;
            if (argument is null)
            {
                return null;
            }

            arguments.Add(argument);
        }

        return (ResolverOptions)constructor.Invoke([.. arguments]);
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
