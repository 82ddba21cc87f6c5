using System.Text;
using Grpc.Core;

namespace RemoteCalls;

/// <summary>
/// What a user can see of what a piece of code did. The library's native core adds a debug text to every failure, with times, lines of its own sources and
/// addresses, which no two runs share: it is left out.
/// </summary>
public static class Outcome
{
    public static async Task<string> OfAsync(Func<StringBuilder, Task> act)
    {
        var seen = new StringBuilder();
        try
        {
            await act(seen).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (Exception failure) when (failure is not TimeoutException)
        {
            seen.AppendLine(Describe(failure));
        }

        return seen.ToString();
    }

    public static string Describe(Exception failure) =>
        failure is RpcException rpc
            ? $"{rpc.GetType().Name}: {rpc.StatusCode} | {rpc.Status.Detail} | {Describe(rpc.Trailers)}"
            : $"{failure.GetType().Name}: {failure.Message}";

    public static string Describe(Metadata metadata) =>
        string.Join(
            ", ",
            metadata
                .Where(static entry => entry.Key is not ("date" or "server"))
                .Select(static entry =>
                    entry.IsBinary ? $"{entry.Key}={Convert.ToHexString(entry.ValueBytes)}" : $"{entry.Key}={entry.Value}"
                )
        );

    /// <summary>What a call says of itself, or why it does not.</summary>
    public static string State(Func<Status> status, Func<Metadata> trailers) =>
        $"{Try(() => $"{status().StatusCode} {status().Detail}")} / {Try(() => Describe(trailers()))}";

    private static string Try(Func<string> get)
    {
        try
        {
            return get();
        }
        catch (InvalidOperationException unavailable)
        {
            return unavailable.Message;
        }
    }
}
