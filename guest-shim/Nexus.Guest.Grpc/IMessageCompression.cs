namespace Nexus.Guest.Grpc;

/// <summary>One way to compress messages, as the function's channel has it.</summary>
public interface IMessageCompression
{
    /// <summary>A stream that writes to <paramref name="target"/> in compressed form and is complete when disposed of.</summary>
    Stream Compress(Stream target);

    /// <summary>A stream that reads from <paramref name="source"/> what was compressed.</summary>
    Stream Decompress(Stream source);
}
