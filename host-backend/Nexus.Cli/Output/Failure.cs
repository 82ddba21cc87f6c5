extern alias rewriter;

using Nexus.Diagnostics;
using RewriterException = rewriter::Nexus.Diagnostics.NexusException;

namespace Nexus.Cli.Output;

/// <summary>A failure as it is shown: never a stack trace.</summary>
/// <param name="Id">The diagnostic's id.</param>
/// <param name="Message">All of it: id, title, value and next step.</param>
/// <param name="Value">The offending value.</param>
/// <param name="NextStep">What to do.</param>
internal sealed record Failure(string Id, string Message, string Value, string NextStep)
{
    public static Failure From(Exception failure) =>
        failure switch
        {
            NexusException known => new(known.Diagnostic.Id, known.Message, known.Value, known.Diagnostic.NextStep),
            RewriterException known => new(known.Diagnostic.Id, known.Message, known.Value, known.Diagnostic.NextStep),
            AggregateException { InnerException: { } first } => From(first),
            IOException or UnauthorizedAccessException => From(CliDiagnostics.PlaceNotUsable.With(failure.Message, failure)),
            _ => From(CliDiagnostics.Unexpected.With($"{failure.GetType().Name}: {failure.Message}", failure)),
        };

    public void Print(bool asJson)
    {
        if (asJson)
        {
            Terminal.Json(new { error = this });
        }
        else
        {
            Terminal.Note(Message);
        }
    }
}
