namespace Nexus.Guest.Grpc.Legacy;

/// <summary>The requests of a streaming call, one after the other.</summary>
internal sealed class LegacyRequestStream<TRequest, TResponse>(LegacyCall<TRequest, TResponse> call) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    public WriteOptions? WriteOptions { get; set; } = call.Options.WriteOptions;

    public Task WriteAsync(TRequest message) => call.WriteAsync(message, WriteOptions);

    public Task CompleteAsync() => call.CompleteAsync();
}
