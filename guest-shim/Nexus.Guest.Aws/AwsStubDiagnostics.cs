using Nexus.Diagnostics;

namespace Nexus.Guest.Aws;

/// <summary>Known failures of the AWS stub, NEXUS0450 to NEXUS0499.</summary>
public static class AwsStubDiagnostics
{
    public static readonly Diagnostic PresignNotAvailable = new(
        "NEXUS0450",
        "A presigned URL cannot be made in the sandbox",
        "A presigned URL is signed where it is made, with credentials the sandbox does not have.",
        "Let the function's caller or another service make the URL, or run this function without Nexus."
    );

    public static readonly Diagnostic EventStreamNotAvailable = new(
        "NEXUS0451",
        "Operations that stream events to the service are not covered",
        "The operation publishes signed events over one HTTP/2 request, and signing them needs credentials the sandbox does not have.",
        "Run this function without Nexus, or move the operation to a service outside the sandbox."
    );

    public static readonly Diagnostic BackendFailed = new(
        "NEXUS0452",
        "The backend could not execute the AWS call",
        "The backend refused the call or could not reach the service; the value says which.",
        "Follow the id in the value with `nexus explain`, and see the backend's log for the same request."
    );

    public static IReadOnlyList<Diagnostic> All { get; } = [PresignNotAvailable, EventStreamNotAvailable, BackendFailed];
}
