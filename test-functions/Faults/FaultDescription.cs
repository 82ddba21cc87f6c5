using Amazon.Runtime;

namespace Faults;

/// <summary>An SDK exception as an error handler sees it.</summary>
public class FaultDescription
{
    public string? Type { get; set; }

    public string? BaseType { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorType { get; set; }

    public int StatusCode { get; set; }

    public string? Message { get; set; }

    public string? RequestId { get; set; }

    public string? Cause { get; set; }

    public bool Retryable { get; set; }

    public string? Filler { get; set; }

    public static FaultDescription Of(AmazonServiceException exception) =>
        new()
        {
            Type = exception.GetType().FullName,
            BaseType = exception.GetType().BaseType!.FullName,
            ErrorCode = exception.ErrorCode,
            ErrorType = exception.ErrorType.ToString(),
            StatusCode = (int)exception.StatusCode,
            Message = exception.Message,
            RequestId = exception.RequestId,
            Cause = exception.InnerException?.GetType().FullName,
            Retryable = exception.Retryable is not null,
        };
}
