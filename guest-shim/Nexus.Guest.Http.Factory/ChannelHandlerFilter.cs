using Microsoft.Extensions.Http;

namespace Nexus.Guest.Http.Factory;

/// <summary>Replaces the primary handler of every client that a factory makes, after everything the program set up has run.</summary>
internal sealed class ChannelHandlerFilter : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) =>
        builder =>
        {
            next(builder);
            if (GuestChannel.Current is { } channel && ChannelHandler.For(channel, builder.PrimaryHandler) is { } standIn)
            {
                builder.PrimaryHandler = standIn;
            }
        };
}
