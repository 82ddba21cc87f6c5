namespace Nexus.Guest.Grpc;

/// <summary>Runs a call's credentials, which are the function's own code, and collects the headers they add.</summary>
internal sealed class CallCredentialsReader(Uri address, IMethod method, CancellationToken cancellation) : CallCredentialsConfiguratorBase
{
    private AsyncAuthInterceptor? _interceptor;
    private IReadOnlyList<CallCredentials>? _parts;
    private AuthInterceptorContext? _context;

    public async Task ReadAsync(CallCredentials credentials, List<KeyValuePair<string, string>> headers)
    {
        _interceptor = null;
        _parts = null;
        credentials.InternalPopulateConfiguration(this, null);
        if (_interceptor is { } interceptor)
        {
            var metadata = new Metadata();
            await interceptor(_context ??= Context(), metadata).ConfigureAwait(false);
            RequestHeaders.Add(headers, metadata);
        }

        foreach (var part in _parts ?? [])
        {
            await ReadAsync(part, headers).ConfigureAwait(false);
        }
    }

    public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) => _interceptor = interceptor;

    public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials) => _parts = credentials;

    private AuthInterceptorContext Context()
    {
        var authority = address.Authority;
        if (address.Scheme == Uri.UriSchemeHttps && authority.EndsWith(":443", StringComparison.Ordinal))
        {
            authority = authority[..^":443".Length];
        }

        var url = $"{address.Scheme}://{authority}{address.AbsolutePath}";
        return new AuthInterceptorContext(url + (url.EndsWith('/') ? "" : "/") + method.ServiceName, method.Name, cancellation);
    }
}
