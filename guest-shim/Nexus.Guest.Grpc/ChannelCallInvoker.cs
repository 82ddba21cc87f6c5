namespace Nexus.Guest.Grpc;

/// <summary>Makes the calls of one channel through this process's own channel to its backend, in all five shapes.</summary>
public sealed class ChannelCallInvoker(GrpcTarget target) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    ) => Unary(method, options, request).Response.GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        var call = Unary(method, options, request);
        return new AsyncUnaryCall<TResponse>(
            call.Response,
            CallFunctions.Headers,
            CallFunctions.Status,
            CallFunctions.Trailers,
            CallFunctions.Dispose,
            call
        );
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        var call = Create(method, options);
        call.Start(request, writesStream: false, readsStream: true);
        return new AsyncServerStreamingCall<TResponse>(
            call.Reader!,
            CallFunctions.Headers,
            CallFunctions.Status,
            CallFunctions.Trailers,
            CallFunctions.Dispose,
            call
        );
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = Create(method, options);
        call.Start(request: null, writesStream: true, readsStream: false);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.Writer!,
            call.Response,
            CallFunctions.Headers,
            CallFunctions.Status,
            CallFunctions.Trailers,
            CallFunctions.Dispose,
            call
        );
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = Create(method, options);
        call.Start(request: null, writesStream: true, readsStream: true);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.Writer!,
            call.Reader!,
            CallFunctions.Headers,
            CallFunctions.Status,
            CallFunctions.Trailers,
            CallFunctions.Dispose,
            call
        );
    }

    private ClientCall<TRequest, TResponse> Unary<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        CallOptions options,
        TRequest request
    )
        where TRequest : class
        where TResponse : class
    {
        var call = Create(method, options);
        call.Start(request, writesStream: false, readsStream: false);
        return call;
    }

    private ClientCall<TRequest, TResponse> Create<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        target.ThrowIfDisposed();
        return new ClientCall<TRequest, TResponse>(target, method, options);
    }
}
