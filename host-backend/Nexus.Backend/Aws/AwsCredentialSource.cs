using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws;

/// <summary>Gives every function its credentials, cached and renewed in the background before they expire. Thread-safe.</summary>
public sealed class AwsCredentialSource(AwsEndpointOptions endpoints, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ConditionalWeakTable<AwsCredentialSettings, AwsCredentialCache> _caches = [];

    /// <exception cref="NexusException">NEXUS0410 to NEXUS0414.</exception>
    public ValueTask<AwsCredentials> GetAsync(AwsCredentialSettings settings, CancellationToken cancellationToken) =>
        _caches.GetValue(settings, CreateCache).GetAsync(cancellationToken);

    private AwsCredentialCache CreateCache(AwsCredentialSettings settings)
    {
        // Publication only: a source that fails today may work in a minute, so a failure is not kept.
        Lazy<AWSCredentials> basis = new(() => Basis(settings), LazyThreadSafetyMode.PublicationOnly);
        return new AwsCredentialCache(_time, () => FetchAsync(settings, basis));
    }

    private async Task<AwsCredentials> FetchAsync(AwsCredentialSettings settings, Lazy<AWSCredentials> basis)
    {
        try
        {
            return settings.RoleArn is null
                ? await FetchPlainAsync(basis.Value).ConfigureAwait(false)
                : await AssumeAsync(settings, settings.RoleArn, basis.Value).ConfigureAwait(false);
        }
        catch (NexusException)
        {
            throw;
        }
        catch (AmazonServiceException e) when (e.ErrorCode is "ExpiredToken" or "ExpiredTokenException" or "InvalidIdentityToken")
        {
            throw AwsDiagnostics.CredentialsExpired.With(Subject(settings), e);
        }
        catch (AmazonServiceException e) when (e.StatusCode != 0)
        {
            throw AwsDiagnostics.CredentialsDenied.With($"{Subject(settings)}: {e.ErrorCode} {e.Message}", e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            bool expired = e.Message.Contains("expired", StringComparison.OrdinalIgnoreCase);
            Diagnostic diagnostic =
                expired ? AwsDiagnostics.CredentialsExpired
                : settings.Profile is not null ? AwsDiagnostics.ProfileMissing
                : AwsDiagnostics.CredentialsMissing;
            throw diagnostic.With(Subject(settings), e);
        }
    }

    private static async Task<AwsCredentials> FetchPlainAsync(AWSCredentials basis)
    {
        ImmutableCredentials keys = await basis.GetCredentialsAsync().ConfigureAwait(false);
        DateTimeOffset? expiration = basis.Expiration is { } at ? new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero) : null;
        return new AwsCredentials(keys.AccessKey, keys.SecretKey, keys.Token, expiration);
    }

    private async Task<AwsCredentials> AssumeAsync(AwsCredentialSettings settings, string roleArn, AWSCredentials basis)
    {
        var config = new AmazonSecurityTokenServiceConfig();
        string? region = settings.StsRegion ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? "us-east-1";
        if ((endpoints.ServiceEndpoints.TryGetValue("STS", out string? own) ? own : endpoints.DefaultEndpoint) is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        using var client = new AmazonSecurityTokenServiceClient(basis, config);
        AssumeRoleResponse answer = await client
            .AssumeRoleAsync(
                new AssumeRoleRequest
                {
                    RoleArn = roleArn,
                    RoleSessionName = settings.SessionName,
                    ExternalId = settings.ExternalId,
                }
            )
            .ConfigureAwait(false);
        DateTimeOffset? expiration = answer.Credentials.Expiration is { } at
            ? new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero)
            : null;
        return new AwsCredentials(
            answer.Credentials.AccessKeyId,
            answer.Credentials.SecretAccessKey,
            answer.Credentials.SessionToken,
            expiration
        );
    }

    private static AWSCredentials Basis(AwsCredentialSettings settings)
    {
        if (settings.AccessKeyId is not null || settings.SecretAccessKey is not null)
        {
            if (string.IsNullOrEmpty(settings.AccessKeyId) || string.IsNullOrEmpty(settings.SecretAccessKey))
            {
                throw AwsDiagnostics.CredentialConfiguration.With(settings.AccessKeyId ?? "secret without key id");
            }
            return string.IsNullOrEmpty(settings.SessionToken)
                ? new BasicAWSCredentials(settings.AccessKeyId, settings.SecretAccessKey)
                : new SessionAWSCredentials(settings.AccessKeyId, settings.SecretAccessKey, settings.SessionToken);
        }
        if (settings.Profile is null)
        {
            return DefaultAWSCredentialsIdentityResolver.GetCredentials();
        }
        return new CredentialProfileStoreChain().TryGetAWSCredentials(settings.Profile, out AWSCredentials credentials)
            ? credentials
            : throw AwsDiagnostics.ProfileMissing.With(settings.Profile);
    }

    private static string Subject(AwsCredentialSettings settings) => settings.RoleArn ?? settings.Profile ?? "default chain";
}
