namespace Nexus.Guest.Grpc;

/// <summary>Stands for the exception of this name that is .NET's own: statuses of calls say what an exception's type is called.</summary>
internal sealed class HPackDecodingException : Exception
{
    public HPackDecodingException() { }

    public HPackDecodingException(string message)
        : base(message) { }

    public HPackDecodingException(string message, Exception? innerException)
        : base(message, innerException) { }
}
