using System.Text;
using Nexus.Backend.Instances;
using Nexus.Cli.Output;

namespace Nexus.Cli.Functions;

/// <summary>How a run ended.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Result">What the invocation gave.</param>
/// <param name="Duration">From the start of the instance to the result.</param>
/// <param name="Proof">Where its calls went.</param>
internal sealed record RunOutcome(string Function, InvocationResult Result, TimeSpan Duration, RunProof Proof)
{
    /// <summary>Prints the result on standard output, log and proof on standard error.</summary>
    /// <returns>The exit code.</returns>
    public int Print(bool asJson)
    {
        var log = Encoding.UTF8.GetString(Result.LogTail ?? []);
        if (asJson)
        {
            Terminal.Json(
                new
                {
                    Function,
                    Result = PayloadText.ToJson(Result.Payload.Span),
                    Result.FunctionError,
                    DurationMilliseconds = Duration.TotalMilliseconds,
                    Log = log,
                    Proof,
                }
            );
        }
        else
        {
            Console.Error.Write(log);
            Console.Out.WriteLine(Encoding.UTF8.GetString(Result.Payload.Span));
            Terminal.Note(FormattableString.Invariant($"{Function}: {Proof}; {Duration.TotalMilliseconds:F0} ms with the start"));
        }

        return Result.FunctionError is null ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
