using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>A request that came over HTTP/2: it can have trailers, be reset with a code and turn into a stream by an extended CONNECT.</summary>
internal sealed class Http2Request(ChannelCall call, HttpRequestHead head, ServerSettings settings)
    : ServedRequest(call, head, settings),
        IHttpResponseTrailersFeature,
        IHttpResetFeature,
        IHttpExtendedConnectFeature
{
    /// <summary>A field of trailers that no header can have: the code of a reset.</summary>
    internal const string ResetField = ":reset";

    /// <summary>RFC 9113, 7: what Kestrel resets a stream with whose request line is too long.</summary>
    internal const int ProtocolError = 1;
    private HeaderDictionary? _trailers;

    public IHeaderDictionary Trailers
    {
        get => _trailers ??= [];
        set => throw new NotSupportedException("The dictionary of the response's trailers cannot be exchanged.");
    }

    string? IHttpExtendedConnectFeature.Protocol => ConnectProtocol;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => IsExtendedConnect;

    public void Reset(int errorCode)
    {
        if (IsAborted)
        {
            return;
        }

        var field = new KeyValuePair<string, string>(ResetField, errorCode.ToString(CultureInfo.InvariantCulture));
        SendReset(new HttpTrailers { Fields = [field] });
    }

    public ValueTask<Stream> AcceptAsync() => OpenStreamAsync(StatusCodes.Status200OK);

    public override Exception BodyCutShort() => new IOException("The client reset the request stream.");

    protected override HttpTrailers? TakeTrailers()
    {
        if (_trailers is not { Count: > 0 })
        {
            return null;
        }

        var fields = new List<KeyValuePair<string, string>>(_trailers.Count);
        HeaderText.Append(fields, _trailers);
        return new HttpTrailers { Fields = fields };
    }

    protected override void DropTrailers() => _trailers?.Clear();

    protected override void OnProperty(string name, string value)
    {
        if (name == "connect")
        {
            ConnectProtocol = value;
        }
    }
}
