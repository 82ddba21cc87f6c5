using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Util;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Aws;

/// <summary>Reads what the SDK's marshaller and endpoint resolver left in the request.</summary>
internal static class AwsRequestEncoder
{
    /// <summary>The key the backend puts into the sandbox's environment, so that SDKs that insist on some credentials find some.</summary>
    internal const string PlaceholderKey = "NEXUS-NO-CREDENTIALS";

    public static AwsRequestHead Encode(IRequestContext context, long contentLength, AWSCredentials? clientCredentials)
    {
        var request = context.Request;
        var config = context.ClientConfig;
        var credentials = Credentials(context, clientCredentials);
        return new AwsRequestHead
        {
            SigningService = First(request.OverrideSigningServiceName, config.AuthenticationServiceName, config.RegionEndpointServiceName),
            Region = First(
                request.AlternateEndpoint?.SystemName,
                request.AuthenticationRegion,
                config.AuthenticationRegion,
                config.RegionEndpoint?.SystemName,
                request.DeterminedSigningRegion,
                // What the SDK's own signer falls back to for an endpoint whose name holds no region, such as a local emulator's.
                config.ServiceURL
                    is null
                    ? null
                    : AWSSDKUtils.DetermineRegion(config.ServiceURL)
            ),
            ServiceId = context.ServiceMetaData?.ServiceId ?? config.ServiceId ?? "",
            Operation = OperationName(context.RequestName),
            Method = request.HttpMethod,
            Uri = AmazonServiceClient.ComposeUrl(request).AbsoluteUri,
            ContentLength = contentLength,
            ChecksumAlgorithm = Checksum(request, config, out var checksumFlags),
            Flags = checksumFlags | Flags(request, credentials),
            ExplicitKeys = ExplicitKeys(credentials),
            Headers = Headers(request),
        };
    }

    private static string OperationName(string requestName) =>
        requestName.EndsWith("Request", StringComparison.Ordinal) ? requestName[..^"Request".Length] : requestName;

    private static AwsRequestFlags Flags(IRequest request, AWSCredentials? credentials)
    {
        var flags = AwsRequestFlags.None;
        if (request.DisablePayloadSigning == true)
        {
            flags |= AwsRequestFlags.UnsignedPayload;
        }

        if (!request.UseDoubleEncoding)
        {
            flags |= AwsRequestFlags.SingleEncodedPath;
        }

        return credentials is AnonymousAWSCredentials ? flags | AwsRequestFlags.Anonymous : flags;
    }

    /// <summary>The SDK's own choice, as its checksum handler would make it; the backend computes the value.</summary>
    private static string Checksum(IRequest request, IClientConfig config, out AwsRequestFlags flags)
    {
        flags = AwsRequestFlags.None;
        if (request.ChecksumData is not { } data)
        {
            return "";
        }

        if (data.IsRequestChecksumRequired)
        {
            flags |= AwsRequestFlags.ChecksumRequired;
        }

        if (data.IsMD5Checksum)
        {
            flags |= AwsRequestFlags.ContentMd5;
            return "";
        }

        if (
            request.Headers.Keys.Any(static name =>
                name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase) && !IsDirective(name)
            )
        )
        {
            return "";
        }

        if (string.IsNullOrEmpty(data.SelectedChecksum) || data.SelectedChecksum == "NONE")
        {
            if (data.FallbackToMD5 == true)
            {
                flags |= AwsRequestFlags.ContentMd5;
                return "";
            }

            return config.RequestChecksumCalculation == RequestChecksumCalculation.WHEN_REQUIRED && !data.IsRequestChecksumRequired
                ? ""
                : AnnounceChecksum(request, data.HeaderName, "CRC32");
        }

        return AnnounceChecksum(request, data.HeaderName, data.SelectedChecksum);
    }

    private static string AnnounceChecksum(IRequest request, string? headerName, string algorithm)
    {
        if (!string.IsNullOrEmpty(headerName) && !request.Headers.ContainsKey(headerName))
        {
            request.Headers[headerName] = algorithm;
        }

        return algorithm;
    }

    private static bool IsDirective(string header) =>
        header.EndsWith("-mode", StringComparison.OrdinalIgnoreCase)
        || header.EndsWith("-type", StringComparison.OrdinalIgnoreCase)
        || header.EndsWith("-algorithm", StringComparison.OrdinalIgnoreCase);

    private static AWSCredentials? Credentials(IRequestContext context, AWSCredentials? clientCredentials)
    {
#if AWS_V3
        _ = context;
        return clientCredentials;
#else
        return context.ExplicitAWSCredentials ?? context.ClientConfig.DefaultAWSCredentials ?? clientCredentials;
#endif
    }

    /// <summary>Keys written in the function's code are named to the backend, which refuses them unless the operator permits it.</summary>
    private static string[] ExplicitKeys(AWSCredentials? credentials)
    {
        if (credentials is not (BasicAWSCredentials or SessionAWSCredentials))
        {
            return [];
        }

        var keys = credentials.GetCredentials();
        return keys.AccessKey == PlaceholderKey ? [] : [keys.AccessKey, keys.SecretKey, keys.Token ?? ""];
    }

    private static KeyValuePair<string, string>[] Headers(IRequest request)
    {
        var headers = new KeyValuePair<string, string>[request.Headers.Count];
        request.Headers.CopyTo(headers, 0);
        return headers;
    }

    private static string First(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrEmpty(candidate))
            {
                return candidate;
            }
        }

        return "";
    }
}
