using Grpc.Core;
using Grpc.Core.Interceptors;

namespace RemoteCalls;

/// <summary>Adds a header to calls with one request and wraps their answers.</summary>
internal sealed class CountingInterceptor : Interceptor
{
    private int _calls;

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation
    )
    {
        var headers = new Metadata();
        foreach (var entry in context.Options.Headers ?? Metadata.Empty)
        {
            headers.Add(entry);
        }

        headers.Add("x-intercepted", (++_calls).ToString());
        var call = continuation(
            request,
            new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers))
        );
        return new AsyncUnaryCall<TResponse>(
            WaitAsync(call.ResponseAsync),
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            call.Dispose
        );
    }

    private static async Task<TResponse> WaitAsync<TResponse>(Task<TResponse> response) => await response;
}
