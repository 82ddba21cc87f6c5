namespace Nexus.Differential.Tests.Http;

/// <summary>One call of the function <c>RestCaller</c>.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Path">A path of the test service.</param>
/// <param name="Expect">A piece of the answer, so that two equal failures do not pass for a success.</param>
/// <param name="Choice">How, as the operation needs it.</param>
/// <param name="Amount">How much, as the operation needs it.</param>
/// <param name="Service">Which of the service's addresses: http, h2 or raw.</param>
public sealed record HttpCase(string Operation, string Path, string Expect, string Choice = "", int Amount = 0, string Service = "http")
{
    public string Event =>
        System.Text.Json.JsonSerializer.Serialize(
            new
            {
                operation = Operation,
                path = Path,
                service = Service,
                amount = Amount,
                choice = Choice,
            }
        );

    public override string ToString() => $"{Operation} {Service} {Path} {Choice} {Amount}".TrimEnd();
}
