namespace Nexus.Guest.Grpc;

/// <summary>What the library's call objects call back, made once.</summary>
internal static class CallFunctions
{
    public static readonly Func<object, Task<Metadata>> Headers = static call => ((ClientCall)call).GetHeadersAsync();
    public static readonly Func<object, Status> Status = static call => ((ClientCall)call).GetStatus();
    public static readonly Func<object, Metadata> Trailers = static call => ((ClientCall)call).GetTrailers();
    public static readonly Action<object> Dispose = static call => ((ClientCall)call).Dispose();
}
