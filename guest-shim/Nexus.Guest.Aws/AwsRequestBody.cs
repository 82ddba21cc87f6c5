using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Util;
using Nexus.Channel;

namespace Nexus.Guest.Aws;

/// <summary>The body the marshaller left: bytes, form parameters or the user's own stream, which is read straight into the arena.</summary>
internal sealed class AwsRequestBody
{
    private const int BlockBytes = 256 * 1024;
    private static readonly System.Reflection.Assembly SdkCore = typeof(AmazonServiceClient).Assembly;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Stream? _stream;
    private readonly EventHandler<StreamTransferProgressArgs>? _progress;
    private readonly object? _sender;

    private AwsRequestBody(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    private AwsRequestBody(Stream stream, long length, EventHandler<StreamTransferProgressArgs>? progress, object? sender)
    {
        _stream = stream;
        _progress = progress;
        _sender = sender;
        Length = length;
    }

    /// <summary>Bytes; -1 when only the stream's end will tell.</summary>
    public long Length { get; }

    public bool IsEmpty => Length == 0;

    /// <summary>Whether it can be sent at once, without waiting for anybody but the backend.</summary>
    public bool IsInMemory => _stream is null;

    public static AwsRequestBody Of(IRequestContext context)
    {
        var request = context.Request;
        if (HasEventStream(request))
        {
            throw new NotSupportedException(AwsStubDiagnostics.EventStreamNotAvailable.With(context.RequestName).Message);
        }

        if (request.ContentStream is { } stream)
        {
            var length = LengthOf(request, stream);
            if (IsMarshalled(stream) && length is >= 0 and <= BlockBytes)
            {
                return new AwsRequestBody(BytesOf(stream, (int)length));
            }

            var original = (IAmazonWebServiceRequest)request.OriginalRequest;
            return new AwsRequestBody(stream, length, original.StreamUploadProgressCallback, request.OriginalRequest);
        }

        if (request.Content is { } content)
        {
            return new AwsRequestBody(content);
        }

        return request.HasRequestBody() && !request.UseQueryString && request.ParameterCollection.Count > 0
            ? new AwsRequestBody(FormOf(request.ParameterCollection))
            : new AwsRequestBody(ReadOnlyMemory<byte>.Empty);
    }

    /// <summary>Sends everything, the last block final. The user's stream is left where a direct call would leave it: at its end, open.</summary>
    public async Task SendAsync(ChannelCall call, ChannelPeer peer, CancellationToken cancellation)
    {
        if (_stream is null)
        {
            await SendBytesAsync(call, peer, cancellation).ConfigureAwait(false);
            return;
        }

        long sent = 0;
        while (true)
        {
            var wanted = Length < 0 ? BlockBytes : (int)Math.Min(BlockBytes, Length - sent);
            if (wanted == 0)
            {
                return;
            }

            var block = await call.RentAsync(wanted, cancellation).ConfigureAwait(false);
            int read;
            try
            {
                read = await _stream
                    .ReadAtLeastAsync(block.Memory[..wanted], wanted, throwOnEndOfStream: false, cancellation)
                    .ConfigureAwait(false);
            }
            catch
            {
                call.Return(block);
                throw;
            }

            sent += read;
            var final = Length < 0 ? read < wanted : sent == Length;
            if (read < wanted && Length >= 0)
            {
                call.Return(block);
                throw new IOException($"The request's stream ended after {sent} of {Length} bytes.");
            }

            call.Send(FrameKind.Data, block, read, final);
            _progress?.Invoke(_sender, new StreamTransferProgressArgs(read, sent, Length));
            if (final)
            {
                return;
            }
        }
    }

    private async Task SendBytesAsync(ChannelCall call, ChannelPeer peer, CancellationToken cancellation)
    {
        // The marshaller's array is the one copy on this path: the SDK offers no way to marshal into the arena.
        for (var rest = _bytes; rest.Length > 0; )
        {
            var size = Math.Min(BlockBytes, rest.Length);
            var block = await call.RentAsync(size, cancellation).ConfigureAwait(false);
            rest[..size].CopyTo(block.Memory);
            peer.CountCopied(size);
            rest = rest[size..];
            call.Send(FrameKind.Data, block, size, final: rest.Length == 0);
        }
    }

    /// <summary>
    /// What the marshallers of SDK 4 write. It has no asynchronous read of its own, so that one would go over the thread pool: two switches of
    /// threads for a copy.
    /// </summary>
    private static bool IsMarshalled(Stream stream) => stream.GetType() is { Name: "PooledContentStream" } type && type.Assembly == SdkCore;

    private static byte[] BytesOf(Stream stream, int length)
    {
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    // SDK 3.7 publishes no event streams at all.
    private static bool HasEventStream(IRequest request) =>
#if AWS_V3
        request is null;
#else
        request.EventStreamPublisher is not null || request.HttpRequestStreamPublisher is not null;
#endif

    private static long LengthOf(IRequest request, Stream stream)
    {
        if (
            request.Headers.TryGetValue("Content-Length", out var text)
            && long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var length)
        )
        {
            return length;
        }

        return stream.CanSeek ? stream.Length - stream.Position : -1;
    }

    private static byte[] FormOf(ParameterCollection parameters)
    {
        var form = new StringBuilder();
        foreach (var (name, value) in parameters.GetSortedParametersList())
        {
            if (value is not null)
            {
                form.Append(form.Length > 0 ? "&" : "").Append(name).Append('=').Append(AWSSDKUtils.UrlEncode(value, path: false));
            }
        }

        return Encoding.UTF8.GetBytes(form.ToString());
    }
}
