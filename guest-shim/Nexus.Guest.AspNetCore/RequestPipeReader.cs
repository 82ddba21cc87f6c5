using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>
/// The request's body, read where it lies in the arena. What a program has looked at and keeps for later, because it waits for more, is copied to the heap
/// from 256 KiB or 16 frames on: the caller could otherwise not send that more.
/// </summary>
internal sealed class RequestPipeReader(ServedRequest request, ChannelCall call, long contentLength) : PipeReader
{
    private const int MostKeptBytes = 256 * 1024;
    private const int MostKeptFrames = 16;
    private readonly object _gate = new();
    private FrameSegment? _first;
    private FrameSegment? _last;
    private int _firstIndex;
    private long _buffered;
    private long _received;
    private int _framesInArena;
    private long _bytesInArena;
    private bool _allExamined = true;
    private bool _done;
    private CancellationTokenSource? _wake;
    private bool _cancelRequested;
    private bool _ended = contentLength == 0;

    /// <summary>True once the program has begun to read.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>True once the body, trailers included, is here.</summary>
    public bool IsComplete => _ended;

    public IHeaderDictionary Trailers { get; } = new HeaderDictionary();

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Begin();
        cancellationToken.ThrowIfCancellationRequested();
        ReadResult result;
        while (!TryMakeResult(out result))
        {
            if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                return new ReadResult(Sequence(), isCanceled: true, isCompleted: _ended);
            }
        }

        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        Begin();
        return TryMakeResult(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_first is null)
        {
            return;
        }

        var examinedSegment = (FrameSegment)examined.GetObject()!;
        _allExamined = ReferenceEquals(examinedSegment, _last) && examined.GetInteger() == _last!.Memory.Length;
        Consume((FrameSegment)consumed.GetObject()!, consumed.GetInteger());
        if (_allExamined && (_framesInArena >= MostKeptFrames || _bytesInArena >= MostKeptBytes))
        {
            KeepOnHeap();
        }
    }

    public override void CancelPendingRead()
    {
        lock (_gate)
        {
            _cancelRequested = true;
            _wake?.Cancel();
        }
    }

    /// <summary>The request became a stream: what follows its head is the stream's.</summary>
    public void OpenStream() => _ended = false;

    public override void Complete(Exception? exception = null) => _done = true;

    /// <summary>Gives everything back.</summary>
    public void Close()
    {
        _done = true;
        while (_first is { } segment)
        {
            _first = segment.Following;
            segment.Release(call);
        }

        _last = null;
        _buffered = 0;
        _wake?.Dispose();
    }

    private void Begin()
    {
        if (_done)
        {
            throw new InvalidOperationException("Reading is not allowed after reader was completed.");
        }

        if (!HasStarted)
        {
            request.OnReadStarting();
            HasStarted = true;
        }
    }

    private bool TryMakeResult(out ReadResult result)
    {
        lock (_gate)
        {
            if (_cancelRequested)
            {
                _cancelRequested = false;
                result = new ReadResult(Sequence(), isCanceled: true, isCompleted: _ended);
                return true;
            }
        }

        if (_ended || (_buffered > 0 && !_allExamined))
        {
            result = MakeResult();
            return true;
        }

        result = default;
        return false;
    }

    private ReadResult MakeResult() => new(Sequence(), isCanceled: false, isCompleted: _ended);

    private ReadOnlySequence<byte> Sequence() =>
        _first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_first, _firstIndex, _last!, _last!.Memory.Length);

    /// <summary>Takes the next frame; false when the wait was cancelled by <see cref="CancelPendingRead"/>.</summary>
    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        CancellationTokenSource wake;
        lock (_gate)
        {
            wake = _wake ??= new CancellationTokenSource();
        }

        using var linked = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, wake.Token)
            : null;
        try
        {
            Accept(await call.ReceiveAsync(linked?.Token ?? wake.Token).ConfigureAwait(false));
            return true;
        }
        catch (OperationCanceledException) when (wake.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                _cancelRequested = false;
                wake.Dispose();
                _wake = null;
            }

            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (ChannelException)
        {
            request.NoteAborted();
            throw request.BodyCutShort();
        }
    }

    private void Accept(in ChannelFrame frame)
    {
        _ended |= frame.IsFinal;
        if (frame.Kind == FrameKind.Trailers)
        {
            foreach (var (name, value) in HttpTrailers.Read(frame.Memory.Span).Fields)
            {
                Trailers.Append(name, value);
            }
        }
        else if (frame.Memory.Length > 0)
        {
            Append(frame);
        }
    }

    private void Append(in ChannelFrame frame)
    {
        _received += frame.Memory.Length;
        var segment = new FrameSegment(frame);
        if (_first is null)
        {
            _first = segment;
            _firstIndex = 0;
        }
        else
        {
            _last!.Append(segment);
        }

        _last = segment;
        _buffered += frame.Memory.Length;
        _bytesInArena += frame.Memory.Length;
        _framesInArena++;
        _allExamined = false;
        if (_received > request.MaxRequestBodySize)
        {
            throw request.BodyTooLarge();
        }
    }

    private void Consume(FrameSegment consumed, int index)
    {
        while (_first != consumed)
        {
            Drop();
        }

        _buffered -= index - _firstIndex;
        _firstIndex = index;
        if (_firstIndex == _first!.Memory.Length)
        {
            Drop();
        }
    }

    private void Drop()
    {
        var segment = _first!;
        _buffered -= segment.Memory.Length - _firstIndex;
        if (segment.IsInArena)
        {
            _bytesInArena -= segment.Memory.Length;
            _framesInArena--;
        }

        _first = segment.Following;
        _firstIndex = 0;
        if (_first is null)
        {
            _last = null;
        }

        segment.Release(call);
    }

    private void KeepOnHeap()
    {
        for (var segment = _first; segment is not null; segment = segment.Following)
        {
            if (segment.IsInArena)
            {
                call.Peer.CountCopied(segment.MoveToHeap(call));
            }
        }

        _framesInArena = 0;
        _bytesInArena = 0;
    }
}
