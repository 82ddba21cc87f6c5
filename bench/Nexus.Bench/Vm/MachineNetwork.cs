using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Nexus.Bench.Interop;

namespace Nexus.Bench.Vm;

/// <summary>
/// A network of one machine: its card's other end, where its function asks for events, and the way to the service. All have the same addresses, as clones
/// must find what the machine had that they go on from.
/// </summary>
internal sealed class MachineNetwork : IAsyncDisposable
{
    private const int EventsPort = 7001;
    private const int ServicePort = 7002;
    private const int Number = 0;
    private readonly TcpListener _events;
    private readonly TcpListener _service;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _relaying;

    private MachineNetwork(SafeFileHandle card, TcpListener events, TcpListener service, Uri target)
    {
        (Card, _events, _service) = (card, events, service);
        _relaying = RelayAsync(target);
    }

    /// <summary>Where the function finds its events.</summary>
    public static IPEndPoint Events { get; } = new(MachineSubject.HostAddress(Number), EventsPort);

    /// <summary>The card for the machine's monitor.</summary>
    public SafeFileHandle Card { get; }

    /// <param name="service">What the function's calls reach, in this process's own network.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">This process may not make networks or cards.</exception>
    public static MachineNetwork Create(Uri service)
    {
        var (card, events, calls) = NetworkNamespace.Make(static () =>
        {
            var made = MachineSubject.CreateCard(Number);
            return (made, Listen(EventsPort), Listen(ServicePort));
        });
        return new MachineNetwork(card, events, calls, service);

        static TcpListener Listen(int port)
        {
            var listener = new TcpListener(MachineSubject.HostAddress(Number), port);
            listener.Start();
            return listener;
        }
    }

    /// <summary>The service's address as the function in the machine has it.</summary>
    public static Uri InMachine(Uri service) =>
        new UriBuilder(service) { Host = MachineSubject.HostAddress(Number).ToString(), Port = ServicePort }.Uri;

    /// <summary>The connection that the function's host makes when it is ready for events.</summary>
    public async Task<TcpClient> AcceptAsync(CancellationToken cancellation)
    {
        var connection = await _events.AcceptTcpClientAsync(cancellation);
        connection.NoDelay = true;
        return connection;
    }

    /// <summary>Ends every connection: the machine sees it while it still can.</summary>
    public async Task DisconnectAsync()
    {
        _events.Stop();
        _service.Stop();
        await _ended.CancelAsync();
        await _relaying;
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        Card.Dispose();
        _ended.Dispose();
    }

    /// <summary>Bytes, as they are, from a machine's network to that of this process.</summary>
    private async Task RelayAsync(Uri target)
    {
        var relayed = new List<Task>();
        try
        {
            while (true)
            {
                relayed.Add(RelayAsync(await _service.AcceptTcpClientAsync(_ended.Token), target));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relayed);
        }
    }

    private async Task RelayAsync(TcpClient machine, Uri target)
    {
        using (machine)
        using (var service = new TcpClient { NoDelay = true })
        {
            machine.NoDelay = true;
            try
            {
                await service.ConnectAsync(target.Host, target.Port, _ended.Token);
                var (inside, outside) = (machine.GetStream(), service.GetStream());
                await await Task.WhenAny(inside.CopyToAsync(outside, _ended.Token), outside.CopyToAsync(inside, _ended.Token));
            }
            catch (Exception end) when (end is OperationCanceledException or IOException or SocketException)
            {
                // Either end has had enough; the other sees it.
            }
        }
    }
}
