using Nexus.Diagnostics;

namespace Nexus.Backend.Aws;

/// <summary>What can go wrong between a guest's AWS call and the service, short of an answer from the service itself.</summary>
public static class AwsDiagnostics
{
    public static readonly Diagnostic AuthSchemeUnsupported = new(
        "NEXUS0400",
        "The operation asks for a way of signing that the backend does not offer",
        "SigV4 and anonymous requests are executed; multi-region SigV4a, S3 Express sessions and bearer tokens are not.",
        "Use a single-region endpoint and an ordinary bucket, or run this function without Nexus."
    );

    public static readonly Diagnostic UriInvalid = new(
        "NEXUS0401",
        "The request's address is not one that can be signed and sent",
        "It must be absolute, http or https, ASCII, without user information, fragment or control characters.",
        "Look at the ServiceURL or endpoint the function configures for its client."
    );

    public static readonly Diagnostic HostNotAllowed = new(
        "NEXUS0402",
        "The request's host is neither an AWS endpoint nor allowed by the configuration",
        "Requests are signed with the function's credentials on the host, so they go only to AWS, to configured endpoints and to allowed hosts.",
        "Set AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_<SERVICE> for the backend, or add the host to the function's allowed endpoints."
    );

    public static readonly Diagnostic PlainHttpNotAllowed = new(
        "NEXUS0403",
        "The request would leave unencrypted",
        "Plain http is used for configured endpoints only, because a signature protects neither body nor answer.",
        "Use https, or configure the http endpoint for the backend."
    );

    public static readonly Diagnostic PresignLifetime = new(
        "NEXUS0404",
        "A presigned URL lives one second to seven days",
        "Signature Version 4 does not sign longer lifetimes.",
        "Choose an expiry within seven days."
    );

    public static readonly Diagnostic MetadataAddress = new(
        "NEXUS0405",
        "The request's host is a link-local or metadata address",
        "Such addresses hand out the host's own credentials; nothing on a guest's behalf is sent there.",
        "Remove the address from the function's endpoint configuration."
    );

    public static readonly Diagnostic EndpointConfiguration = new(
        "NEXUS0406",
        "A configured AWS endpoint is not usable",
        "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE> and allowed endpoints must be absolute http or https URLs without user information, query or fragment.",
        "Correct the value, for example http://127.0.0.1:4566."
    );

    public static readonly Diagnostic HeaderInvalid = new(
        "NEXUS0407",
        "A request header cannot be sent",
        "Names must be HTTP tokens; values must be Latin-1 without control characters.",
        "Look at the metadata or custom headers the function sets."
    );

    public static readonly Diagnostic BodyLengthUnknown = new(
        "NEXUS0408",
        "The request body is streamed and cannot be signed as it is",
        "Only S3 takes streamed bodies of announced length; other services need the hash of the whole body first, which is kept for small ones only.",
        "Give the stream a length, or send a smaller body."
    );

    public static readonly Diagnostic BodyLengthMismatch = new(
        "NEXUS0409",
        "The request body has another length than announced",
        "The function's stream ended early or went on after its announced end.",
        "Look at the stream the function uploads."
    );

    public static readonly Diagnostic CredentialsMissing = new(
        "NEXUS0410",
        "No AWS credentials were found for the function",
        "Neither the environment, the shared files, a container or web identity source nor the instance profile of the backend gave any.",
        "Give the backend credentials as for any AWS tool, or name a profile or role in the function's configuration."
    );

    public static readonly Diagnostic CredentialsExpired = new(
        "NEXUS0411",
        "The function's AWS credentials have expired and could not be renewed",
        "The source that issued them no longer answers, or the session behind them ended.",
        "Renew the session (for SSO: aws sso login) or look at the source's error."
    );

    public static readonly Diagnostic CredentialsDenied = new(
        "NEXUS0412",
        "The function's role could not be assumed",
        "STS refused: the role does not exist, does not trust the backend's identity, or asks for another external id.",
        "Compare the role's trust policy with the backend's identity and the configured external id."
    );

    public static readonly Diagnostic ProfileMissing = new(
        "NEXUS0413",
        "The named AWS profile was not found or gives no credentials",
        "It is looked up in the shared config and credentials files of the backend's user.",
        "Correct the profile's name or set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE for the backend."
    );

    public static readonly Diagnostic CredentialConfiguration = new(
        "NEXUS0414",
        "The function's credential settings are incomplete",
        "A role needs its ARN, a profile its name, explicit keys both the key id and the secret.",
        "Complete the settings."
    );

    public static readonly Diagnostic EndpointUnreachable = new(
        "NEXUS0415",
        "The AWS endpoint could not be reached",
        "The name did not resolve, nothing listened, TLS failed or the connection broke, in every attempt.",
        "Check the network of the host, the region and AWS_ENDPOINT_URL*."
    );

    public static readonly Diagnostic DeadlineExceeded = new(
        "NEXUS0416",
        "The AWS call did not finish within the invocation's deadline",
        "The service was slow or had to be retried; no attempt is started or waited for past the deadline.",
        "Raise the function's timeout, or look at the service's latency and throttling."
    );

    public static readonly Diagnostic ChecksumUnsupported = new(
        "NEXUS0417",
        "The request asks for a checksum the backend does not know",
        "CRC32, CRC32C, CRC64NVME, SHA1 and SHA256 are known.",
        "Choose one of these."
    );

    public static readonly Diagnostic RetryConfiguration = new(
        "NEXUS0418",
        "The retry configuration is not usable",
        "AWS_RETRY_MODE must be standard or legacy, AWS_MAX_ATTEMPTS a number from 1 to 100.",
        "Correct the environment variable or the profile."
    );

    public static readonly Diagnostic ResponseBroken = new(
        "NEXUS0419",
        "The answer of the AWS endpoint ended in the middle",
        "The connection broke while the response body was read; part of it had been handed on, so the call was not repeated.",
        "Repeat the call."
    );

    public static readonly Diagnostic SigningScopeInvalid = new(
        "NEXUS0420",
        "The request names no usable signing service or region",
        "Both are made of letters, digits, dots, dashes and underscores, 1 to 64 of them.",
        "Set AWS_REGION for the function or the region of its client."
    );

    /// <summary>Every diagnostic of this area, for the explain command and for uniqueness tests.</summary>
    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        AuthSchemeUnsupported,
        UriInvalid,
        HostNotAllowed,
        PlainHttpNotAllowed,
        PresignLifetime,
        MetadataAddress,
        EndpointConfiguration,
        HeaderInvalid,
        BodyLengthUnknown,
        BodyLengthMismatch,
        CredentialsMissing,
        CredentialsExpired,
        CredentialsDenied,
        ProfileMissing,
        CredentialConfiguration,
        EndpointUnreachable,
        DeadlineExceeded,
        ChecksumUnsupported,
        RetryConfiguration,
        ResponseBroken,
        SigningScopeInvalid,
    ];
}
