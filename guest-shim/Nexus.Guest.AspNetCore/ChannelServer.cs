using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>The server in Kestrel's place: requests come as calls of the backend, which terminates HTTP and TLS.</summary>
internal sealed class ChannelServer : IServer
{
    private static readonly TimeSpan AnnouncePatience = TimeSpan.FromSeconds(10);
    private readonly ServerSettings _settings;
    private readonly ServerAddressesFeature _addresses = new ServerAddressesFeature();
    private readonly IdleCollector _collector = IdleCollector.FromEnvironment();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _aborting = new();
    private Func<ChannelCall, CancellationToken, Task>? _serve;
    private GuestChannel? _channel;
    private int _running;
    private int _stopping;

    public ChannelServer(IOptions<KestrelServerOptions> options, ILoggerFactory loggers)
    {
        _settings = new ServerSettings(options.Value, loggers.CreateLogger(ServerLog.Category));
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        ServerAddresses.Settle(_addresses, _settings.Options);
        _serve = new RequestLoop<TContext>(application, _settings).ServeAsync;
        if (!ServerDirectory.TryEnter(this))
        {
            ServerLog.SecondServer(_settings.Logger, ServerDiagnostics.SecondServer.With(string.Join(' ', _addresses.Addresses)).Message);
            return;
        }

        _channel = GuestChannel.Current!;
        // Not awaited: a new backend that takes this instance over asks again, and must not wait for what the old one left.
        _channel.Peer.SessionRestarted += () => _ = AnnounceAsync(CancellationToken.None);
        await AnnounceAsync(cancellationToken).ConfigureAwait(false);
        _collector.Resume(_channel.Peer);
    }

    /// <summary>Takes no more requests and waits for those that run; when the host's patience ends, they are aborted.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0)
        {
            return;
        }

        if (Volatile.Read(ref _running) == 0)
        {
            _idle.TrySetResult();
        }

        try
        {
            await _idle.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await _aborting.CancelAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        ServerDirectory.Leave(this);
        _collector.Dispose();
        _aborting.Dispose();
    }

    public void OnCall(ChannelCall call) => _ = ServeAsync(call);

    private async Task ServeAsync(ChannelCall call)
    {
        using (call)
        {
            if (Interlocked.Increment(ref _running) == 1)
            {
                _collector.Pause();
            }

            try
            {
                if (Volatile.Read(ref _stopping) != 0)
                {
                    call.Abort(AbortCode.Refused);
                    return;
                }

                await _serve!(call, _aborting.Token).ConfigureAwait(false);
            }
            finally
            {
                if (Interlocked.Decrement(ref _running) == 0)
                {
                    _collector.Resume(_channel!.Peer);
                    if (Volatile.Read(ref _stopping) != 0)
                    {
                        _idle.TrySetResult();
                    }
                }
            }
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var call = await _channel!
                .Peer.OpenAsync(ChannelProtocol.Ready, new ReadyHead { InitError = "" }, AnnouncePatience, final: true, cancellationToken)
                .ConfigureAwait(false);
            await call.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException)
        {
            // The backend went away meanwhile; its successor hears of this instance when the session restarts.
        }
    }
}
