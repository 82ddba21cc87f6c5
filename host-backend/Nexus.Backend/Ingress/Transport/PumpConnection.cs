using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Nexus.Backend.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Ingress.Transport;

/// <summary>A caller's connection between a socket that the pump waits for and the pipes on which Kestrel works.</summary>
internal sealed class PumpConnection : DefaultConnectionContext, IMemoryPoolFeature
{
    /// <summary>Bytes that Kestrel has not taken yet, or the caller; beyond that each side waits for the other.</summary>
    private const int MostKept = 1024 * 1024;
    private const int MostUnsent = 64 * 1024;
    private const int SmallestRead = 2048;

    /// <summary>Reads in a row after which a caller that always has more to say is no longer served by the pump: few such callers would keep all its threads from the guests.</summary>
    private const int MostReadsInARow = 8;

    private readonly PumpSocket _socket;
    private readonly CancellationTokenSource _closed = new();
    private Task _relaying = Task.CompletedTask;

    private PumpConnection(
        PumpSocket socket,
        ConnectionScheduler scheduler,
        MemoryPool<byte> memory,
        IDuplexPipe transport,
        IDuplexPipe application
    )
        : base(ConnectionNames.Next(), transport, application)
    {
        _socket = socket;
        ConnectionClosed = _closed.Token;
        MemoryPool = memory;
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set(scheduler);
    }

    /// <summary>For whoever works on the connection.</summary>
    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>Takes a connection over and begins to read.</summary>
    public static PumpConnection Start(Socket accepted, ChannelPump pump, MemoryPool<byte> memory)
    {
        var (local, remote) = (accepted.LocalEndPoint, accepted.RemoteEndPoint);
        var scheduler = new ConnectionScheduler();
        var incoming = new Pipe(
            new PipeOptions(
                memory,
                readerScheduler: scheduler,
                writerScheduler: PipeScheduler.Inline,
                pauseWriterThreshold: MostKept,
                resumeWriterThreshold: MostKept / 2,
                useSynchronizationContext: false
            )
        );
        var outgoing = new Pipe(
            new PipeOptions(
                memory,
                readerScheduler: PipeScheduler.Inline,
                writerScheduler: scheduler,
                pauseWriterThreshold: MostUnsent,
                resumeWriterThreshold: MostUnsent / 2,
                useSynchronizationContext: false
            )
        );
        var socket = PumpSocket.Accepted(accepted, pump);
        socket.ContinueOnPump();
        var connection = new PumpConnection(
            socket,
            scheduler,
            memory,
            new ConnectionPipe(incoming.Reader, outgoing.Writer),
            new ConnectionPipe(outgoing.Reader, incoming.Writer)
        )
        {
            LocalEndPoint = local,
            RemoteEndPoint = remote,
        };
        connection._relaying = Task.WhenAll(connection.ReceiveAsync(), connection.SendAsync());
        return connection;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _socket.Reset();
        Application!.Output.CancelPendingFlush();
        Application!.Input.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync().ConfigureAwait(false);
        await Transport.Output.CompleteAsync().ConfigureAwait(false);
        await _relaying.ConfigureAwait(false);
        _socket.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
        _closed.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var output = Application!.Output;
        Exception? failure = null;
        try
        {
            FlushResult flushed;
            var inARow = 0;
            do
            {
                // A connection on which nothing comes holds no memory.
                var waiting = _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                inARow = waiting.IsCompleted ? inARow + 1 : 0;
                await waiting.ConfigureAwait(false);
                if (inARow == MostReadsInARow)
                {
                    inARow = 0;
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                var received = await _socket.ReceiveAsync(output.GetMemory(SmallestRead), CancellationToken.None).ConfigureAwait(false);
                if (received == 0)
                {
                    break;
                }

                output.Advance(received);
                flushed = await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            } while (!flushed.IsCompleted && !flushed.IsCanceled);
        }
        catch (IOException broken)
        {
            failure = new ConnectionResetException(broken.Message, broken);
        }
        finally
        {
            await output.CompleteAsync(failure).ConfigureAwait(false);
            await _closed.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task SendAsync()
    {
        var input = Application!.Input;
        Exception? failure = null;
        try
        {
            ReadResult read;
            do
            {
                read = await input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                await _socket.SendAsync(read.Buffer, CancellationToken.None).ConfigureAwait(false);
                input.AdvanceTo(read.Buffer.End);
            } while (!read.IsCompleted && !read.IsCanceled);
        }
        catch (IOException broken)
        {
            failure = broken;
        }
        finally
        {
            _socket.Close();
            await input.CompleteAsync(failure).ConfigureAwait(false);
            Application!.Output.CancelPendingFlush();
        }
    }
}
