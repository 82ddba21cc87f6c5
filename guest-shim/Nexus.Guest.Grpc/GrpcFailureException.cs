using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>The backend's word that an exchange failed, on its way to become what the library would have thrown.</summary>
internal sealed class GrpcFailureException(GrpcFailure failure) : Exception
{
    public GrpcFailureKind Kind => failure.Kind;

    public StatusCode Status => (StatusCode)failure.Status;

    /// <summary>The exceptions of the backend, made anew: outermost first, each the cause of the one before it.</summary>
    public Exception Cause
    {
        get
        {
            Exception? inner = null;
            for (var i = failure.Causes.Count - 1; i >= 0; i--)
            {
                inner = Make(failure.Causes[i], inner);
            }

            return inner ?? new IOException("The call failed.");
        }
    }

    /// <summary>The innermost, which is the one a connection failed with.</summary>
    public Exception Root
    {
        get
        {
            var root = Cause;
            while (root.InnerException is { } inner)
            {
                root = inner;
            }

            return root;
        }
    }

    private static Exception Make(GrpcCause cause, Exception? inner) =>
        cause.Type switch
        {
            "System.Net.Http.HttpRequestException" => new HttpRequestException((HttpRequestError)cause.Code, cause.Message, inner),
            "System.Net.Http.HttpProtocolException" => new HttpProtocolException(
                cause.Code,
                WithoutError(cause, HttpRequestError.HttpProtocolError),
                inner
            ),
            "System.Net.Http.HttpIOException" => new HttpIOException(
                (HttpRequestError)cause.Code,
                WithoutError(cause, (HttpRequestError)cause.Code),
                inner
            ),
            "System.Net.Sockets.SocketException" => new SocketException((int)cause.Code),
            "System.Security.Authentication.AuthenticationException" => new AuthenticationException(cause.Message, inner),
            "System.TimeoutException" => new TimeoutException(cause.Message, inner),
            "System.Threading.Tasks.TaskCanceledException" => new TaskCanceledException(cause.Message, inner),
            "System.OperationCanceledException" => new OperationCanceledException(cause.Message, inner),
            "System.InvalidOperationException" => new InvalidOperationException(cause.Message, inner),
            "System.NotSupportedException" => new NotSupportedException(cause.Message, inner),
            "System.IO.InvalidDataException" => new InvalidDataException(cause.Message, inner),
            "System.OverflowException" => new OverflowException(cause.Message, inner),
            "System.Net.Http.HPack.HPackDecodingException" => new HPackDecodingException(cause.Message, inner),
            "System.ObjectDisposedException" => new ObjectDisposedException(cause.Message, inner),
            _ => new IOException(cause.Message, inner),
        };

    // These types append the error to their message by themselves.
    private static string WithoutError(GrpcCause cause, HttpRequestError error)
    {
        var suffix = $" ({error})";
        return cause.Message.EndsWith(suffix, StringComparison.Ordinal) ? cause.Message[..^suffix.Length] : cause.Message;
    }
}
