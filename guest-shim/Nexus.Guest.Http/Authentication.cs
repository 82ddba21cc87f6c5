using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Nexus.Guest.Http;

/// <summary>Answers a service's challenge with the handler's credentials: Digest and Basic, and Basic beforehand where that is asked for.</summary>
internal sealed class Authentication(HandlerSettings settings, HttpExchange exchange)
{
    private const string Basic = "Basic";
    private const string Digest = "Digest";
    private static readonly string[] ConnectionBound = ["Negotiate", "NTLM"];

    // Places where Basic was accepted: only used with PreAuthenticate.
    private readonly CredentialCache _accepted = [];

    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellation)
    {
        if (settings.Credentials is not { } credentials)
        {
            return await exchange.SendAsync(request, async, cancellation).ConfigureAwait(false);
        }

        var uri = request.RequestUri!;
        var early = settings.PreAuthenticate ? Accepted(uri) : null;
        if (early is not null)
        {
            request.Headers.Authorization = BasicOf(early);
        }

        var response = await exchange.SendAsync(request, async, cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        RefuseConnectionBound(response, uri, credentials);
        if (ReferenceEquals(credentials, CredentialCache.DefaultCredentials))
        {
            // Those are for the schemes that were just refused.
            return response;
        }

        if (Challenge(response, Digest) is { } digest && credentials.GetCredential(uri, Digest) is { } forDigest)
        {
            return await AnswerDigestAsync(request, response, digest, forDigest, async, cancellation).ConfigureAwait(false);
        }

        if (Challenge(response, Basic) is null || credentials.GetCredential(uri, Basic) is not { } credential || credential == early)
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = BasicOf(credential);
        response = await exchange.SendAsync(request, async, cancellation).ConfigureAwait(false);
        if (
            settings.PreAuthenticate
            && response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.ProxyAuthenticationRequired)
        )
        {
            Accept(uri, credential);
        }

        return response;
    }

    private async ValueTask<HttpResponseMessage> AnswerDigestAsync(
        HttpRequestMessage request,
        HttpResponseMessage response,
        string challenge,
        NetworkCredential credential,
        bool async,
        CancellationToken cancellation
    )
    {
        // Once more with a fresh nonce when the service only says that the first one was old.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var digest = DigestChallenge.Parse(challenge);
            if ((attempt > 0 && !digest.IsStale) || await digest.AnswerAsync(request, credential).ConfigureAwait(false) is not { } answer)
            {
                return response;
            }

            request.Headers.Authorization = new AuthenticationHeaderValue(Digest, answer);
            response.Dispose();
            response = await exchange.SendAsync(request, async, cancellation).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.Unauthorized || Challenge(response, Digest) is not { } next)
            {
                return response;
            }

            challenge = next;
        }

        return response;
    }

    /// <summary>The parameters of a challenge, empty for none; null when the scheme is not offered.</summary>
    private static string? Challenge(HttpResponseMessage response, string scheme)
    {
        foreach (var offer in response.Headers.WwwAuthenticate)
        {
            if (offer.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return offer.Parameter ?? "";
            }
        }

        return null;
    }

    private static void RefuseConnectionBound(HttpResponseMessage response, Uri uri, ICredentials credentials)
    {
        foreach (var scheme in ConnectionBound)
        {
            if (Challenge(response, scheme) is not null && credentials.GetCredential(uri, scheme) is not null)
            {
                response.Dispose();
                throw HttpFaults.Refuse(
                    HttpStubDiagnostics.SchemeNotAvailable.With($"{scheme} at {uri.GetLeftPart(UriPartial.Authority)}")
                );
            }
        }
    }

    private static AuthenticationHeaderValue BasicOf(NetworkCredential credential)
    {
        var user = string.IsNullOrEmpty(credential.Domain) ? credential.UserName : $"{credential.Domain}\\{credential.UserName}";
        return new AuthenticationHeaderValue(Basic, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{credential.Password}")));
    }

    private NetworkCredential? Accepted(Uri uri)
    {
        lock (_accepted)
        {
            return _accepted.GetCredential(uri, Basic);
        }
    }

    private void Accept(Uri uri, NetworkCredential credential)
    {
        lock (_accepted)
        {
            _accepted.Remove(uri, Basic);
            _accepted.Add(uri, Basic, credential);
        }
    }
}
