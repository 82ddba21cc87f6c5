using System.Collections.Concurrent;
using System.Globalization;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws;

/// <summary>Executes guests' AWS requests: decides the endpoint, finds credentials, hashes, signs, sends, and repeats what is worth repeating. Thread-safe.</summary>
public sealed class AwsRequestExecutor
{
    // Function names are few, but signing names come from guests.
    private const int MaxQuotas = 4096;
    private const int MaxSkews = 1024;

    private readonly AwsEndpointPolicy _endpoints;
    private readonly AwsCredentialSource _credentials;
    private readonly AwsHttpClient _http;
    private readonly AwsSigner _signer = new();
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Function, string Service), AwsRetryQuota> _quotas = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _skews = new(StringComparer.Ordinal);

    public AwsRequestExecutor(AwsEndpointPolicy endpoints, AwsCredentialSource credentials, AwsHttpClient http, TimeProvider? time = null)
    {
        _endpoints = endpoints;
        _credentials = credentials;
        _http = http;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Pauses between attempts are this part of what the back-off allows; replaced in tests.</summary>
    internal Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>
    /// The service's answer, whatever its status, once retries are over. Reading its body is not covered by the deadline: pass
    /// <see cref="AwsHttpResponse.ReadAsync"/> a token that is.
    /// </summary>
    /// <param name="deadline">No attempt is started, waited for or paused for past it.</param>
    /// <exception cref="NexusException">No answer: one of <see cref="AwsDiagnostics"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<AwsHttpResponse> ExecuteAsync(
        AwsRequest request,
        AwsFunctionSettings settings,
        DateTimeOffset deadline,
        CancellationToken cancellationToken
    )
    {
        Validate(request);
        AwsEndpoint endpoint = _endpoints.Resolve(request.Uri, request.ServiceId);
        var scope = new AwsSigningScope(request.SigningName, request.SigningRegion);
        AwsPayload payload =
            request.AuthScheme == AwsAuthScheme.Anonymous
                ? new AwsPayload(request.Body, AwsPayloadHash.UnsignedPayload, [], AwsChecksumAlgorithm.None)
                : await AwsPayload.PrepareAsync(request, scope, endpoint.IsEncrypted, cancellationToken).ConfigureAwait(false);
        bool hasContent = payload.Body.Length != 0 || request.Method is "POST" or "PUT" or "PATCH";
        AwsRetryQuota quota = Quota(settings.Name, request.SigningName);
        int lastCost = 0;
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan left = deadline - _time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                throw AwsDiagnostics.DeadlineExceeded.With(Subject(request));
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(settings.AttemptTimeout is { } perAttempt && perAttempt < left ? perAttempt : Shorter(left));
            (AwsHttpResponse? response, AwsBodyContent? content, Exception? failure, DateTimeOffset signedAt) = await AttemptAsync(
                    request,
                    settings,
                    endpoint,
                    scope,
                    payload,
                    hasContent,
                    attempt,
                    limit.Token
                )
                .ConfigureAwait(false);
            if (response is { StatusCode: < 400 })
            {
                quota.Return(lastCost);
                return response;
            }
            AwsFailureKind kind = AwsFailureKind.Permanent;
            if (response is not null)
            {
                (kind, failure) = await ClassifyAsync(response, endpoint, signedAt, limit.Token).ConfigureAwait(false);
                if (failure is not null)
                {
                    response.Dispose();
                    response = null;
                }
            }
            if (response is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (content?.SourceFailure is { } source)
                {
                    throw source is NexusException or OperationCanceledException
                        ? source
                        : new IOException("The request body's source failed.", source);
                }
                if (failure is NexusException or HttpRequestException { InnerException: NexusException })
                {
                    throw failure as NexusException ?? failure.InnerException!;
                }
                kind = failure is OperationCanceledException ? AwsFailureKind.Timeout : AwsFailureKind.Transient;
            }
            int cost = kind == AwsFailureKind.Timeout ? AwsRetryQuota.TimeoutCost : AwsRetryQuota.RetryCost;
            // A stream of which nothing was taken can still be sent from its start.
            bool repeatable = payload.Body.Replayable || content is not { Started: true };
            TimeSpan pause = kind == AwsFailureKind.ClockSkew ? TimeSpan.Zero : AwsRetryPolicy.Backoff(attempt, Jitter());
            bool again =
                kind != AwsFailureKind.Permanent
                && repeatable
                && attempt < settings.Retry.MaxAttempts
                && _time.GetUtcNow() + pause < deadline
                && quota.TryTake(cost);
            if (!again)
            {
                return response ?? throw Failed(request, endpoint, failure!, deadline, attempt);
            }
            response?.Dispose();
            lastCost = cost;
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A URL signed with the function's credentials, for handing to others.</summary>
    /// <param name="lifetime">One second to seven days; it ends earlier with temporary credentials.</param>
    /// <exception cref="NexusException">One of <see cref="AwsDiagnostics"/>.</exception>
    public async ValueTask<string> PresignAsync(
        AwsRequest request,
        AwsFunctionSettings settings,
        TimeSpan lifetime,
        CancellationToken cancellationToken
    )
    {
        Validate(request);
        AwsEndpoint endpoint = _endpoints.Resolve(request.Uri, request.ServiceId);
        List<AwsHeader> headers = AwsRequestHeaders.Take(request.Headers, hasContent: true, isChunked: false);
        // Whoever uses the URL has to send every signed header, so the SDK's own chatter stays out.
        headers.RemoveAll(header => !IsPresigned(header.Name));
        AwsCredentials credentials = await _credentials.GetAsync(settings.Credentials, cancellationToken).ConfigureAwait(false);
        return _signer.Presign(
            request.Method,
            endpoint.Scheme,
            endpoint.Authority,
            endpoint.Target,
            headers,
            lifetime,
            new AwsSigningScope(request.SigningName, request.SigningRegion),
            credentials,
            Now(endpoint)
        );
    }

    private async ValueTask<(AwsHttpResponse? Response, AwsBodyContent? Content, Exception? Failure, DateTimeOffset SignedAt)> AttemptAsync(
        AwsRequest request,
        AwsFunctionSettings settings,
        AwsEndpoint endpoint,
        AwsSigningScope scope,
        AwsPayload payload,
        bool hasContent,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        List<AwsHeader> headers = AwsRequestHeaders.Take(request.Headers, hasContent, payload.IsChunked);
        headers.AddRange(payload.Headers);
        headers.Add(
            new AwsHeader(
                "amz-sdk-request",
                string.Create(CultureInfo.InvariantCulture, $"attempt={attempt}; max={settings.Retry.MaxAttempts}")
            )
        );
        DateTimeOffset signedAt = Now(endpoint);
        IAwsBody body = payload.Body;
        if (request.AuthScheme == AwsAuthScheme.SigV4)
        {
            AwsCredentials credentials;
            try
            {
                credentials = await _credentials.GetAsync(settings.Credentials, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                return (null, null, e, signedAt);
            }
            AwsSignature signature = _signer.Sign(
                request.Method,
                endpoint.Authority,
                endpoint.Target,
                headers,
                payload.Hash,
                scope,
                credentials,
                signedAt
            );
            if (payload.IsChunked)
            {
                body = new AwsChunkedBody(
                    body,
                    payload.Trailer,
                    payload.Hash == AwsPayloadHash.StreamingUnsignedTrailer ? null : signature
                );
            }
        }
        var send = new AwsHttpRequest
        {
            Method = request.Method,
            Endpoint = endpoint,
            Headers = headers,
            Body = hasContent ? body : null,
            ExpectContinue = scope.IsS3 && !body.Replayable,
        };
        (AwsHttpResponse? response, AwsBodyContent? content, Exception? failure) = await _http
            .TrySendAsync(send, cancellationToken)
            .ConfigureAwait(false);
        if (response is not null)
        {
            response.Attempts = attempt;
        }
        return (response, content, failure, signedAt);
    }

    private async ValueTask<(AwsFailureKind Kind, Exception? Failure)> ClassifyAsync(
        AwsHttpResponse response,
        AwsEndpoint endpoint,
        DateTimeOffset signedAt,
        CancellationToken cancellationToken
    )
    {
        string? code = AwsErrorCode.FromHeaders(response.Headers);
        if (code is null && response.ContentLength != 0)
        {
            try
            {
                ReadOnlyMemory<byte> prefix = await response.PeekAsync(AwsErrorCode.PrefixSize, cancellationToken).ConfigureAwait(false);
                code = AwsErrorCode.FromBody(prefix.Span);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
            {
                return (AwsFailureKind.Transient, e);
            }
        }
        response.ErrorCode = code;
        TimeSpan? skew = null;
        if (
            response.Header("Date") is { } date
            && DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset theirs)
        )
        {
            skew = theirs - signedAt;
            if (AwsRetryPolicy.Classify(response.StatusCode, code, skew) == AwsFailureKind.ClockSkew)
            {
                if (_skews.Count >= MaxSkews)
                {
                    _skews.Clear();
                }
                _skews[endpoint.Authority] = theirs - _time.GetUtcNow();
            }
        }
        return (AwsRetryPolicy.Classify(response.StatusCode, code, skew), null);
    }

    private static void Validate(AwsRequest request)
    {
        if (request.AuthScheme is not (AwsAuthScheme.SigV4 or AwsAuthScheme.Anonymous) || request.SigningName == "s3express")
        {
            throw AwsDiagnostics.AuthSchemeUnsupported.With($"{Subject(request)}, {request.AuthScheme}");
        }
        if (request.Method is not ("GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "PATCH" or "OPTIONS"))
        {
            throw AwsDiagnostics.HeaderInvalid.With("method");
        }
        if (request.AuthScheme == AwsAuthScheme.SigV4 && !(IsScopePart(request.SigningName) && IsScopePart(request.SigningRegion)))
        {
            throw AwsDiagnostics.SigningScopeInvalid.With(Subject(request));
        }
    }

    private static bool IsPresigned(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || (
            name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("x-amz-user-agent", StringComparison.OrdinalIgnoreCase)
        );

    private static bool IsScopePart(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }
        return text.Length is > 0 and <= 64;
    }

    private static string Subject(AwsRequest request) => $"{request.ServiceId} {request.Operation}";

    /// <summary>Timers take at most about 49 days.</summary>
    private static TimeSpan Shorter(TimeSpan left) => left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1);

    private NexusException Failed(AwsRequest request, AwsEndpoint endpoint, Exception failure, DateTimeOffset deadline, int attempts)
    {
        // Timers fire a little early.
        bool late = failure is OperationCanceledException && deadline - _time.GetUtcNow() < TimeSpan.FromMilliseconds(50);
        return late
            ? AwsDiagnostics.DeadlineExceeded.With(Subject(request), failure)
            : AwsDiagnostics.EndpointUnreachable.With(
                $"{Subject(request)}, {endpoint.Scheme}://{endpoint.Authority}, {attempts} attempts: {failure.Message}",
                failure
            );
    }

    private DateTimeOffset Now(AwsEndpoint endpoint) =>
        _skews.IsEmpty || !_skews.TryGetValue(endpoint.Authority, out TimeSpan skew) ? _time.GetUtcNow() : _time.GetUtcNow() + skew;

    private AwsRetryQuota Quota(string function, string service)
    {
        if (_quotas.TryGetValue((function, service), out AwsRetryQuota? quota))
        {
            return quota;
        }
        if (_quotas.Count >= MaxQuotas)
        {
            _quotas.Clear();
        }
        return _quotas.GetOrAdd((function, service), static _ => new AwsRetryQuota());
    }
}
