using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.Backend.Aws;

/// <summary>
/// A body in aws-chunked framing: unsigned (one chunk, bytes passed through as they come) or with a signature per chunk, with or without a
/// checksum trailer. The framed length is known beforehand, so that no transfer encoding is needed below it.
/// </summary>
public sealed class AwsChunkedBody : IAwsBody
{
    /// <summary>Data bytes per signed chunk; the services ask for at least 8 KiB in all but the last.</summary>
    public const int SignedChunkSize = 64 * 1024;

    private readonly IAwsBody _inner;
    private readonly long _length;
    private readonly AwsSignature? _seed;
    private readonly AwsChecksumAlgorithm _checksum;

    /// <param name="inner">Must know its length.</param>
    /// <param name="checksum">The trailer's checksum; none for no trailer.</param>
    /// <param name="seed">The request's signature for the signed forms; null for the unsigned form.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0408: the body does not know its length.</exception>
    public AwsChunkedBody(IAwsBody inner, AwsChecksumAlgorithm checksum, AwsSignature? seed)
        : this(inner, checksum, seed, SignedChunkSize) { }

    internal AwsChunkedBody(IAwsBody inner, AwsChecksumAlgorithm checksum, AwsSignature? seed, int chunkSize)
    {
        _inner = inner;
        _length = inner.Length ?? throw AwsDiagnostics.BodyLengthUnknown.With("aws-chunked");
        _checksum = checksum;
        _seed = seed;
        ChunkSize = chunkSize;
        Length = FramedLength();
    }

    public long? Length { get; }

    public bool Replayable => _inner.Replayable;

    private int ChunkSize { get; }

    public async ValueTask WriteToAsync(Stream target, CancellationToken cancellationToken)
    {
        using AwsChecksums? checksum = _checksum == AwsChecksumAlgorithm.None ? null : new AwsChecksums(_checksum);
        string? previous = null;
        if (_seed is null)
        {
            if (_length > 0)
            {
                await target.WriteAsync(Ascii($"{_length:X}\r\n"), cancellationToken).ConfigureAwait(false);
            }
            var through = new AwsCountingStream(target, _length, checksum);
            await _inner.WriteToAsync(through, cancellationToken).ConfigureAwait(false);
            through.End();
            await target.WriteAsync(Ascii(_length > 0 ? "\r\n0\r\n" : "0\r\n"), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await using var chunks = new SignedChunkStream(target, this, _seed, checksum);
            var counted = new AwsCountingStream(chunks, _length, null);
            await _inner.WriteToAsync(counted, cancellationToken).ConfigureAwait(false);
            counted.End();
            previous = await chunks.EndAsync(cancellationToken).ConfigureAwait(false);
        }
        await target.WriteAsync(Trailer(checksum, previous), cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private byte[] Trailer(AwsChecksums? checksum, string? previous)
    {
        if (checksum is null)
        {
            return "\r\n"u8.ToArray();
        }
        string line = $"{AwsChecksums.HeaderName(_checksum)}:{checksum.ToBase64()}";
        if (_seed is null)
        {
            return Ascii(line + "\r\n\r\n");
        }
        var text = new Utf8Buffer(384);
        AppendPreamble(ref text, "AWS4-HMAC-SHA256-TRAILER\n"u8, _seed, previous!);
        text.AppendHex(SHA256.HashData(Ascii(line + "\n")));
        string signature = Sign(ref text, _seed);
        return Ascii($"{line}\r\nx-amz-trailer-signature:{signature}\r\n\r\n");
    }

    private static void AppendPreamble(ref Utf8Buffer text, ReadOnlySpan<byte> algorithm, AwsSignature seed, string previous)
    {
        text.Append(algorithm);
        text.AppendTime(seed.Time, AwsSigner.DateTimeFormat);
        text.Append((byte)'\n');
        AwsSigner.AppendScope(ref text, seed.Time, seed.Scope);
        text.Append((byte)'\n');
        text.AppendLatin1(previous);
        text.Append((byte)'\n');
    }

    private static string Sign(ref Utf8Buffer text, AwsSignature seed)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(seed.SigningKey.Span, text.Written, hash);
        text.Dispose();
        return Convert.ToHexStringLower(hash);
    }

    private long FramedLength()
    {
        int line =
            _checksum == AwsChecksumAlgorithm.None
                ? 0
                : AwsChecksums.HeaderName(_checksum).Length + 1 + AwsChecksums.Base64Length(_checksum) + 2;
        if (_seed is null)
        {
            return (_length > 0 ? HexLength(_length) + 2 + _length + 2 : 0) + 3 + line + 2;
        }
        const int signatureExtension = 17 + 64; // ";chunk-signature=" and its value
        long full = _length / ChunkSize;
        long rest = _length % ChunkSize;
        long total = full * (HexLength(ChunkSize) + signatureExtension + 2 + ChunkSize + 2);
        total += rest > 0 ? HexLength(rest) + signatureExtension + 2 + rest + 2 : 0;
        total += 1 + signatureExtension + 2;
        return total + (line > 0 ? line + 24 + 64 + 2 : 0) + 2;
    }

    private static int HexLength(long value) => value.ToString("x", CultureInfo.InvariantCulture).Length;

    /// <summary>A chunk's signature precedes its bytes: chunks that do not arrive whole are gathered first.</summary>
    private sealed class SignedChunkStream(Stream target, AwsChunkedBody body, AwsSignature seed, AwsChecksums? checksum) : AwsSinkStream
    {
        private readonly byte[] _gathered = ArrayPool<byte>.Shared.Rent(body.ChunkSize);
        private int _count;
        private string _previous = seed.Signature;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            checksum?.Append(buffer.Span);
            while (!buffer.IsEmpty)
            {
                if (_count == 0 && buffer.Length >= body.ChunkSize)
                {
                    await WriteChunkAsync(buffer[..body.ChunkSize], cancellationToken).ConfigureAwait(false);
                    buffer = buffer[body.ChunkSize..];
                    continue;
                }
                int taken = Math.Min(body.ChunkSize - _count, buffer.Length);
                buffer[..taken].CopyTo(_gathered.AsMemory(_count));
                _count += taken;
                buffer = buffer[taken..];
                if (_count == body.ChunkSize)
                {
                    _count = 0;
                    await WriteChunkAsync(_gathered.AsMemory(0, body.ChunkSize), cancellationToken).ConfigureAwait(false);
                }
            }
        }

        public async ValueTask<string> EndAsync(CancellationToken cancellationToken)
        {
            if (_count > 0)
            {
                await WriteChunkAsync(_gathered.AsMemory(0, _count), cancellationToken).ConfigureAwait(false);
            }
            await target.WriteAsync(ChunkHead(default), cancellationToken).ConfigureAwait(false);
            return _previous;
        }

        protected override void Dispose(bool disposing)
        {
            ArrayPool<byte>.Shared.Return(_gathered);
            base.Dispose(disposing);
        }

        private async ValueTask WriteChunkAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            await target.WriteAsync(ChunkHead(data.Span), cancellationToken).ConfigureAwait(false);
            await target.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            await target.WriteAsync("\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }

        private byte[] ChunkHead(ReadOnlySpan<byte> data)
        {
            var text = new Utf8Buffer(384);
            AppendPreamble(ref text, "AWS4-HMAC-SHA256-PAYLOAD\n"u8, seed, _previous);
            text.AppendLatin1(AwsPayloadHash.Empty);
            text.Append((byte)'\n');
            Span<byte> hash = stackalloc byte[32];
            SHA256.HashData(data, hash);
            text.AppendHex(hash);
            _previous = Sign(ref text, seed);
            return Ascii($"{data.Length:X};chunk-signature={_previous}\r\n");
        }
    }
}
