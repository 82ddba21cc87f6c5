using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>
/// The response's body. Serializers write into blocks of the arena, which are sent as they are. A writer must never wait, so when the arena or the response's
/// share of it is used up the bytes go to the heap, and the next flush waits for room and copies them.
/// </summary>
internal sealed class ResponsePipeWriter(ServedRequest request, ChannelCall call) : PipeWriter
{
    private const int FirstBlock = 4 * 1024;
    private const int LargestBlock = 64 * 1024;
    private const int CopyBlock = 128 * 1024;
    private readonly List<OutputPiece> _pieces = [];
    private int _nextBlock = FirstBlock;
    private bool _completed;
    private bool _cancelFlush;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes
    {
        get
        {
            long bytes = 0;
            foreach (var piece in _pieces)
            {
                bytes += piece.Used;
            }

            return bytes;
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_completed)
        {
            throw new InvalidOperationException("Writing is not allowed after writer was completed.");
        }

        if (_pieces.Count == 0 || _pieces[^1].Memory.Length - _pieces[^1].Used < Math.Max(1, sizeHint))
        {
            _pieces.Add(NewPiece(Math.Max(sizeHint, _nextBlock)));
            _nextBlock = Math.Min(2 * _nextBlock, LargestBlock);
        }

        return _pieces[^1].Memory[_pieces[^1].Used..];
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes == 0)
        {
            return;
        }

        request.NoteWrite(bytes);
        var piece = _pieces[^1];
        piece.Used += bytes;
        _pieces[^1] = piece;
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_cancelFlush)
        {
            _cancelFlush = false;
            return new FlushResult(isCanceled: true, isCompleted: false);
        }

        try
        {
            await StartAsync(appCompleted: false, UnflushedBytes > 0, cancellationToken).ConfigureAwait(false);
            await SendPiecesAsync(final: false, quietly: false, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException)
        {
            request.NoteAborted();
        }

        return new FlushResult(isCanceled: false, isCompleted: request.IsAborted);
    }

    /// <summary>Bytes that lie elsewhere already: copied into the arena once, waiting for room where needed.</summary>
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.IsEmpty)
        {
            return await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        request.NoteWrite(source.Length);
        try
        {
            await StartAsync(appCompleted: false, quietly: true, cancellationToken).ConfigureAwait(false);
            await SendPiecesAsync(final: false, quietly: true, cancellationToken).ConfigureAwait(false);
            await CopyAsync(source, final: false, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException)
        {
            request.NoteAborted();
        }

        return new FlushResult(isCanceled: false, isCompleted: request.IsAborted);
    }

    /// <summary>Reads a file into the arena, block by block.</summary>
    public async Task SendFileAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        while (count > 0 && !request.IsAborted)
        {
            ArenaBlock block;
            try
            {
                block = await call.RentAsync((int)Math.Min(count, CopyBlock), cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelException)
            {
                request.NoteAborted();
                return;
            }

            int read;
            try
            {
                read = await RandomAccess
                    .ReadAsync(file, block.Memory[..(int)Math.Min(count, block.Memory.Length)], offset, cancellationToken)
                    .ConfigureAwait(false);
                request.NoteWrite(read);
            }
            catch
            {
                call.Return(block);
                throw;
            }

            Send(block, request.CanHaveBody ? read : 0, final: false, quietly: false);
            if (read == 0)
            {
                return;
            }

            offset += read;
            count -= read;
        }
    }

    public override void CancelPendingFlush() => _cancelFlush = true;

    public override void Complete(Exception? exception = null)
    {
        _completed = true;
        if (exception is not null)
        {
            request.Fail(new InvalidOperationException("The BodyPipe was completed with an exception.", exception));
        }
    }

    /// <summary>Sends what is left and ends the response.</summary>
    public async ValueTask EndAsync(HttpTrailers? trailers)
    {
        var pending = UnflushedBytes > 0;
        if (!request.HasStarted)
        {
            var head = await request.BeginAsync(appCompleted: !pending).ConfigureAwait(false);
            if (trailers is null && !(pending && request.CanHaveBody))
            {
                Discard();
                await call.SendAsync(FrameKind.Head, head, final: true).ConfigureAwait(false);
                return;
            }

            await call.SendSilentlyAsync(FrameKind.Head, head).ConfigureAwait(false);
        }

        pending &= request.CanHaveBody;
        await SendPiecesAsync(final: trailers is null, quietly: trailers is not null, CancellationToken.None).ConfigureAwait(false);
        if (trailers is not null)
        {
            await call.SendAsync(FrameKind.Trailers, trailers, final: true).ConfigureAwait(false);
        }
        else if (!pending)
        {
            call.Complete();
        }
    }

    /// <summary>Drops what was not sent.</summary>
    public void Discard()
    {
        foreach (var piece in _pieces)
        {
            piece.Discard(call);
        }

        _pieces.Clear();
    }

    private OutputPiece NewPiece(int bytes)
    {
        try
        {
            if (bytes <= ChannelLayout.MaxBlockBytes && call.TryRent(bytes, out var block))
            {
                return new OutputPiece(block);
            }
        }
        catch (ChannelException)
        {
            // The caller is gone; a program that goes on writing must not notice here.
            request.NoteAborted();
        }

        return new OutputPiece(bytes);
    }

    private async ValueTask StartAsync(bool appCompleted, bool quietly, CancellationToken cancellationToken)
    {
        if (request.HasStarted || request.IsAborted)
        {
            return;
        }

        var head = await request.BeginAsync(appCompleted).ConfigureAwait(false);
        if (quietly && request.CanHaveBody)
        {
            await call.SendSilentlyAsync(FrameKind.Head, head, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await call.SendAsync(FrameKind.Head, head, final: false, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SendPiecesAsync(bool final, bool quietly, CancellationToken cancellationToken)
    {
        if (request.IsAborted || !request.CanHaveBody)
        {
            Discard();
            return;
        }

        for (var i = 0; i < _pieces.Count; i++)
        {
            var piece = _pieces[i];
            var last = final && i == _pieces.Count - 1;
            if (piece.IsInArena)
            {
                Send(piece.Block, piece.Used, last, quietly || i < _pieces.Count - 1);
                continue;
            }

            try
            {
                await CopyAsync(piece.Memory[..piece.Used], last, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // What was sent is not ours to give back any more.
                _pieces.RemoveRange(0, i);
                Discard();
                throw;
            }

            piece.Discard(call);
        }

        _pieces.Clear();
    }

    private void Send(ArenaBlock block, int length, bool final, bool quietly)
    {
        if (quietly && !final)
        {
            call.SendSilently(FrameKind.Data, block, length);
        }
        else
        {
            call.Send(FrameKind.Data, block, length, final);
        }
    }

    private async ValueTask CopyAsync(ReadOnlyMemory<byte> source, bool final, CancellationToken cancellationToken)
    {
        if (!request.CanHaveBody)
        {
            return;
        }

        while (!source.IsEmpty && !request.IsAborted)
        {
            var size = Math.Min(source.Length, CopyBlock);
            var block = await call.RentAsync(size, cancellationToken).ConfigureAwait(false);
            source[..size].CopyTo(block.Memory);
            call.Peer.CountCopied(size);
            source = source[size..];
            call.Send(FrameKind.Data, block, size, final && source.IsEmpty);
        }
    }
}
