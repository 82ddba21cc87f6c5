using System.Text;

namespace Nexus.Backend.Aws.Tests;

/// <summary>A stream that can be taken once and comes in pieces, as a guest's upload does.</summary>
internal sealed class PieceBody(string text, int piece, long? announced) : IAwsBody
{
    public long? Length => announced;

    public bool Replayable => false;

    public int Taken { get; private set; }

    public async ValueTask WriteToAsync(Stream target, CancellationToken cancellationToken)
    {
        Taken++;
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int i = 0; i < bytes.Length; i += piece)
        {
            await target.WriteAsync(bytes.AsMemory(i, Math.Min(piece, bytes.Length - i)), cancellationToken);
        }
    }
}
