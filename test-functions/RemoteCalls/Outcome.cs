using System.Text;
using Grpc.Core;

namespace RemoteCalls;

/// <summary>Everything a user can see of what a piece of code did, as text that must not depend on the way its calls went.</summary>
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

    public static string Describe(Exception failure)
    {
        var text = new StringBuilder(failure.GetType().Name).Append(": ").Append(failure.Message);
        if (failure is RpcException rpc)
        {
            text.Append(" | ").Append(rpc.StatusCode).Append(" | ").Append(rpc.Status.Detail).Append(" | ").Append(Describe(rpc.Trailers));
            for (var cause = rpc.Status.DebugException; cause is not null; cause = cause.InnerException)
            {
                text.Append(" <- ").Append(cause.GetType().Name).Append(": ").Append(cause.Message);
            }
        }

        return text.ToString();
    }

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
        $"{Try(() => status().ToString())} / {Try(() => Describe(trailers()))}";

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
