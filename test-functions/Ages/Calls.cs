using Grpc.Core;
using RemoteCalls.Trials;

namespace Ages;

/// <summary>What the program asks of others.</summary>
internal static class Calls
{
    public static string Address(string variable) =>
        Environment.GetEnvironmentVariable(variable) ?? throw new InvalidOperationException($"{variable} is not set.");

    public static async Task<string> RestAsync(IHttpClientFactory factory)
    {
        using var own = new HttpClient();
        var first = await own.GetStringAsync(Address("REST_URL"));
        using var answer = await factory.CreateClient().PostAsync(Address("REST_URL"), new StringContent("posted"));
        return $"{first} {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }

    public static async Task<string> GrpcAsync(Trial.TrialClient client)
    {
        var seen = new List<string> { (await client.SingleAsync(new TrialRequest { Behaviour = "echo", Text = "unary ✓" })).Text };
        using (var call = client.Converse())
        {
            for (var i = 0; i < 3; i++)
            {
                await call.RequestStream.WriteAsync(new TrialRequest { Behaviour = "echo", Text = $"turn {i}" });
                await call.ResponseStream.MoveNext(CancellationToken.None);
                seen.Add(call.ResponseStream.Current.Text);
            }

            await call.RequestStream.CompleteAsync();
        }

        try
        {
            await client.SingleAsync(
                new TrialRequest
                {
                    Behaviour = "fail",
                    Text = "as asked",
                    Count = 5,
                }
            );
        }
        catch (RpcException failure)
        {
            seen.Add($"{failure.StatusCode} {failure.Status.Detail}");
        }

        return string.Join(", ", seen);
    }
}
