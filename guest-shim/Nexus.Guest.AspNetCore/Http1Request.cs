using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>A request that came over HTTP/1.1: no trailers of the response, but it may be upgraded to a stream.</summary>
internal sealed class Http1Request(ChannelCall call, HttpRequestHead head, ServerSettings settings)
    : ServedRequest(call, head, settings),
        IHttpUpgradeFeature
{
    public bool IsUpgradableRequest { get; private set; }

    public async Task<Stream> UpgradeAsync()
    {
        if (!IsUpgradableRequest)
        {
            throw new InvalidOperationException(
                "Cannot upgrade a non-upgradable request. Check IHttpUpgradeFeature.IsUpgradableRequest to determine if a request can be upgraded."
            );
        }

        return await OpenStreamAsync(StatusCodes.Status101SwitchingProtocols).ConfigureAwait(false);
    }

    public override Exception BodyCutShort() => new BadHttpRequestException("Unexpected end of request content.");

    protected override HttpTrailers? TakeTrailers() => null;

    protected override void CloseConnection() => ((IHttpResponseFeature)this).Headers.Connection = "close";

    protected override void OnProperty(string name, string value) => IsUpgradableRequest |= name == "upgrade";
}
