extern alias rewriter;

using Nexus.Backend.Sandbox;
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
            MonitorException monitor => FromMonitor(monitor.Message),
            AggregateException { InnerException: { } first } => From(first),
            IOException or UnauthorizedAccessException => From(CliDiagnostics.PlaceNotUsable.With(failure.Message, failure)),
            _ => From(CliDiagnostics.Unexpected.With($"{failure.GetType().Name}: {failure.Message}", failure)),
        };

    /// <summary>The monitor's message begins with an id of the catalogue.</summary>
    private static Failure FromMonitor(string message)
    {
        var known = DiagnosticCatalogue.All.FirstOrDefault(diagnostic => message.StartsWith(diagnostic.Id, StringComparison.Ordinal));
        return known is null
            ? From(CliDiagnostics.Unexpected.With(message))
            : new Failure(known.Id, message, message[(known.Id.Length + 2)..], known.NextStep);
    }

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
