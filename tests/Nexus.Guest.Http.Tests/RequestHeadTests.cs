using System.Net;
using System.Text;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http.Tests;

[TestClass]
public sealed class RequestHeadTests
{
    [TestMethod]
    [DataRow("http://Host.Example/a%20b/?q=%C3%BC#part", "http", "host.example", "/a%20b/?q=%C3%BC")]
    [DataRow("https://host:8443", "https", "host:8443", "/")]
    [DataRow("http://[::1]:80/x", "http", "[::1]", "/x")]
    [DataRow("http://bücher.example/", "http", "xn--bcher-kva.example", "/")]
    public void Of_Uri_IsTakenApartAsOnTheWire(string uri, string scheme, string authority, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        var head = Of(request);
        Assert.AreEqual((scheme, authority, target), (head.Scheme, head.Authority, head.Target));
    }

    [TestMethod]
    public void Of_Settings_BecomeProperties()
    {
        using var handler = new SocketsHttpHandler
        {
            MaxResponseHeadersLength = 20,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            Expect100ContinueTimeout = TimeSpan.FromMilliseconds(300),
            Proxy = new WebProxy("http://proxy:3128"),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://host/")
        {
            Content = new ByteArrayContent([1]),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.ExpectContinue = true;

        var properties = RequestHead.Of(request, HandlerSettings.Of(handler)).Properties.ToDictionary();

        Assert.AreEqual("20", properties[HttpProperty.MaxResponseHeaders]);
        Assert.AreEqual("2000", properties[HttpProperty.ConnectTimeout]);
        Assert.AreEqual("300", properties[HttpProperty.Expect]);
        Assert.AreEqual("exact", properties[HttpProperty.VersionPolicy]);
        Assert.AreEqual("http://proxy:3128", properties[HttpProperty.Proxy]);
    }

    [TestMethod]
    public void Of_Cookies_FollowTheProgramsOwn()
    {
        using var handler = new SocketsHttpHandler();
        handler.CookieContainer.Add(new Uri("http://host/"), new Cookie("jar", "1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");
        request.Headers.Add("Cookie", "own=2");

        var cookies = RequestHead.Of(request, HandlerSettings.Of(handler)).Headers.Where(header => header.Key == "Cookie");

        Assert.AreEqual("own=2;jar=1", string.Join(';', cookies.Select(cookie => cookie.Value)));
    }

    [TestMethod]
    public void Of_HeaderThatIsNotAscii_NeedsAnEncoding()
    {
        using var plain = new SocketsHttpHandler();
        using var encoding = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");
        request.Headers.TryAddWithoutValidation("X-Name", "ü");

        Assert.ThrowsExactly<HttpRequestException>(() => RequestHead.Of(request, HandlerSettings.Of(plain)));
        Assert.AreEqual("\u00c3\u00bc", RequestHead.Of(request, HandlerSettings.Of(encoding)).Headers.Single().Value);
    }

    [TestMethod]
    [DataRow(60_000, true)]
    [DataRow(70_000, false)]
    [DataRow(2_000_000, false)]
    public void Of_LargeHead_IsRefusedAbove64KiB(int size, bool fits)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");
        request.Headers.Add("X-Large", new string('x', size));
        if (fits)
        {
            Assert.HasCount(1, Of(request).Headers);
        }
        else
        {
            Assert.StartsWith("NEXUS0604", Assert.ThrowsExactly<HttpRequestException>(() => Of(request)).Message);
        }
    }

    private static HttpRequestHead Of(HttpRequestMessage request)
    {
        using var handler = new SocketsHttpHandler();
        return RequestHead.Of(request, HandlerSettings.Of(handler));
    }
}
