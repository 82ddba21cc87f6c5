using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Nexus.Guest.Http.Tests;

[TestClass]
public sealed class HandlerSettingsTests
{
    [TestMethod]
    public void Of_DefaultHandlers_RefuseNothing()
    {
        using var sockets = new SocketsHttpHandler();
        using var client = new HttpClientHandler();
        foreach (var settings in new[] { HandlerSettings.Of(sockets), HandlerSettings.Of(client) })
        {
            Assert.IsNull(settings.RefusedAlways);
            Assert.IsNull(settings.RefusedForTls);
            Assert.IsTrue(settings.AllowAutoRedirect);
            Assert.IsNotNull(settings.Cookies);
            Assert.AreEqual(HandlerSettings.DefaultMaxResponseHeaders, settings.MaxResponseHeaders);
        }
    }

    [TestMethod]
    public void Of_ClientHandler_NamesTheSettingThatNeedsTheConnection()
    {
        AssertNames("ClientCertificateOptions", static handler => handler.ClientCertificateOptions = ClientCertificateOption.Automatic);
        AssertNames(
            "ServerCertificateCustomValidationCallback",
            static handler => handler.ServerCertificateCustomValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None
        );
        AssertNames("SslProtocols", static handler => handler.SslProtocols = SslProtocols.Tls12);
        AssertNames("CheckCertificateRevocationList", static handler => handler.CheckCertificateRevocationList = true);
    }

    [TestMethod]
    public void Of_SocketsHandler_NamesTheSettingThatNeedsTheConnection()
    {
        AssertNames(
            "RemoteCertificateValidationCallback",
            static options => options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None
        );
        AssertNames(
            "LocalCertificateSelectionCallback",
            static options => options.LocalCertificateSelectionCallback = (_, _, _, _, _) => null!
        );
        AssertNames("TargetHost", static options => options.TargetHost = "other");
        AssertNames("EnabledSslProtocols", static options => options.EnabledSslProtocols = SslProtocols.Tls13);
        AssertNames("CertificateRevocationCheckMode", static options => options.CertificateRevocationCheckMode = X509RevocationMode.Online);
        AssertNames("CertificateChainPolicy", static options => options.CertificateChainPolicy = new X509ChainPolicy());
    }

    [TestMethod]
    public void Of_ConnectCallbackOrFilter_IsRefusedForEveryScheme()
    {
        using var connecting = new SocketsHttpHandler { ConnectCallback = (_, _) => default };
        using var filtering = new SocketsHttpHandler { PlaintextStreamFilter = (_, _) => default };
        Assert.AreEqual("SocketsHttpHandler.ConnectCallback", HandlerSettings.Of(connecting).RefusedAlways);
        Assert.AreEqual("SocketsHttpHandler.PlaintextStreamFilter", HandlerSettings.Of(filtering).RefusedAlways);
    }

    [TestMethod]
    public void RequestHead_TlsSettingOnPlainHttp_DoesNotMatter()
    {
        using var handler = new HttpClientHandler { SslProtocols = SslProtocols.Tls12 };
        var settings = HandlerSettings.Of(handler);
        using var plain = new HttpRequestMessage(HttpMethod.Get, "http://host/");
        using var secure = new HttpRequestMessage(HttpMethod.Get, "https://host/");

        Assert.AreEqual("host", RequestHead.Of(plain, settings).Authority);
        var refusal = Assert.ThrowsExactly<HttpRequestException>(() => RequestHead.Of(secure, settings));
        Assert.StartsWith("NEXUS0600", refusal.Message);
    }

    private static void AssertNames(string setting, Action<HttpClientHandler> set)
    {
        using var handler = new HttpClientHandler();
        set(handler);
        Assert.AreEqual($"HttpClientHandler.{setting}", HandlerSettings.Of(handler).RefusedForTls);
    }

    private static void AssertNames(string setting, Action<SslClientAuthenticationOptions> set)
    {
        using var handler = new SocketsHttpHandler();
        set(handler.SslOptions);
        Assert.AreEqual($"SslOptions.{setting}", HandlerSettings.Of(handler).RefusedForTls);
    }
}
