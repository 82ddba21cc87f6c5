using Nexus.Diagnostics;

namespace Nexus.Guest.Host.Lambda;

/// <summary>A failed invocation or initialization as Lambda's .NET runtime reports it.</summary>
/// <param name="ErrorType">Simple name of the exception's type; also the value for <c>Lambda-Runtime-Function-Error-Type</c>.</param>
/// <param name="ErrorMessage">The exception's message.</param>
/// <param name="Json">
/// UTF-8, at most 256 KiB: <c>errorType</c>, <c>errorMessage</c>, <c>stackTrace</c> (one line each), <c>cause</c> for an inner
/// exception and <c>causes</c> for those of an aggregate, which nest the same fields.
/// </param>
public sealed record ErrorReport(string ErrorType, string ErrorMessage, ReadOnlyMemory<byte> Json)
{
    /// <summary>
    /// Reports an exception as it is. Nothing is unwrapped: the handler is called without a wrapper, so a wrapper that is there is
    /// one that Lambda shows too (a constructor's <see cref="System.Reflection.TargetInvocationException"/>).
    /// </summary>
    public static ErrorReport From(Exception exception) => new(TypeOf(exception), MessageOf(exception), ErrorJson.Write(exception));

    // A handler that cannot be used is a LambdaValidationException on Lambda; alarms and step functions match by that name.
    internal static string TypeOf(Exception exception) =>
        exception is NexusException ? "LambdaValidationException" : exception.GetType().Name;

    internal static string MessageOf(Exception exception) => Guarded(exception, static failure => failure.Message);

    internal static string StackTraceOf(Exception exception) => Guarded(exception, static failure => failure.StackTrace);

    /// <summary>The exception as a log prints it.</summary>
    internal static string TextOf(Exception exception) => Guarded(exception, static failure => failure.ToString());

    // The members are virtual, and what fails while reporting a failure must not hide it.
    private static string Guarded(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception) ?? "";
        }
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            return "";
        }
    }
}
