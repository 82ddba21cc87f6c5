namespace Faults;

/// <summary>A function's own exception.</summary>
public class PaymentDeclinedException(string message, Exception? inner = null) : Exception(message, inner)
{
    public int Code { get; init; } = 402;
}
