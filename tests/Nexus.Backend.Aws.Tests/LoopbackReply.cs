using System.Globalization;
using System.Text;

namespace Nexus.Backend.Aws.Tests;

/// <param name="Bytes">Sent as they are.</param>
/// <param name="Stall">Nothing is sent and the connection stays open.</param>
/// <param name="Reset">The connection is closed after the bytes; reset if there are none.</param>
internal sealed record LoopbackReply(byte[] Bytes, bool Stall = false, bool Reset = false)
{
    public static LoopbackReply Silence { get; } = new([], Stall: true);

    public static LoopbackReply Hangup { get; } = new([], Reset: true);

    public static LoopbackReply Ok(string body = "{}", string headers = "") => Status(200, body, headers);

    public static LoopbackReply Status(int status, string body = "", string headers = "") =>
        new(
            Encoding.Latin1.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {status} Some Reason\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"
                )
            )
        );
}
