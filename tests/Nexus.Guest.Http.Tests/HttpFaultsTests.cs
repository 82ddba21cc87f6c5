using System.Net.Sockets;
using System.Security.Authentication;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http.Tests;

[TestClass]
public sealed class HttpFaultsTests
{
    [TestMethod]
    public void Raise_Chain_IsNestedAsItWas()
    {
        var text = HttpFault.Write([
            new(HttpFault.Request, (long)HttpRequestError.ConnectionError, "outer"),
            new(HttpFault.Io, 0, "middle"),
            new(HttpFault.Socket, (long)SocketError.ConnectionReset, "inner"),
        ]);

        var request = (HttpRequestException)HttpFaults.Raise(text);

        Assert.AreEqual(("outer", HttpRequestError.ConnectionError), (request.Message, request.HttpRequestError));
        Assert.AreEqual(("middle", typeof(IOException)), (request.InnerException!.Message, request.InnerException.GetType()));
        var socket = (SocketException)request.InnerException.InnerException!;
        Assert.AreEqual(("inner", SocketError.ConnectionReset), (socket.Message, socket.SocketErrorCode));
    }

    [TestMethod]
    [DataRow(HttpFault.HttpIo, typeof(HttpIOException))]
    [DataRow(HttpFault.Protocol, typeof(HttpProtocolException))]
    [DataRow(HttpFault.Authentication, typeof(AuthenticationException))]
    [DataRow(HttpFault.Timeout, typeof(TimeoutException))]
    [DataRow(HttpFault.Canceled, typeof(TaskCanceledException))]
    [DataRow(HttpFault.InvalidOperation, typeof(InvalidOperationException))]
    [DataRow(HttpFault.NotSupported, typeof(NotSupportedException))]
    [DataRow(HttpFault.Refused, typeof(HttpRequestException))]
    [DataRow("something new", typeof(IOException))]
    public void Raise_Kind_HasItsType(string kind, Type type) =>
        Assert.AreEqual(type, HttpFaults.Raise(HttpFault.Write([new(kind, 0, "m")])).GetType());

    [TestMethod]
    [DataRow("")]
    [DataRow("no chain at all")]
    [DataRow("request\u001fnumber\u001fm\u001e")]
    public void Raise_TextThatIsNoChain_IsAFailureWithThatText(string text) =>
        Assert.AreEqual(text, Assert.IsInstanceOfType<IOException>(HttpFaults.Raise(text)).Message);

    [TestMethod]
    public void Write_MessageWithSeparators_StaysOneMessage() =>
        Assert.AreEqual("a b c", HttpFault.Read(HttpFault.Write([new(HttpFault.Io, 0, "a\u001fb\u001ec")])).Single().Message);

    [TestMethod]
    [DataRow(AbortCode.SessionLost)]
    [DataRow(AbortCode.DeadlineExceeded)]
    [DataRow(AbortCode.Failed)]
    public void From_EndedCall_IsAFailedRequest(AbortCode code) =>
        Assert.AreEqual("gone", HttpFaults.From(new ChannelException(code, "gone")).Message);

    [TestMethod]
    public void FromContent_Failure_IsWrappedAsTheLibraryDoes()
    {
        var io = new IOException("disk");
        var other = new ArgumentException("other");
        Assert.AreSame(io, Assert.IsInstanceOfType<HttpRequestException>(HttpFaults.FromContent(io)).InnerException);
        Assert.AreSame(other, HttpFaults.FromContent(other));
    }
}
