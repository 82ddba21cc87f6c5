using System.Net.Http.Json;

namespace PollingLoop;

/// <summary>One event with what the runtime says about it.</summary>
internal sealed class NextEvent(HttpResponseMessage response) : IDisposable
{
    public string RequestId => Header("Lambda-Runtime-Aws-Request-Id");

    public string Arn => Header("Lambda-Runtime-Invoked-Function-Arn");

    /// <summary>Time left by the deadline.</summary>
    public TimeSpan Remaining =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            long.Parse(Header("Lambda-Runtime-Deadline-Ms"), System.Globalization.CultureInfo.InvariantCulture)
        ) - DateTimeOffset.UtcNow;

    public async Task<Work> ReadAsync() => (await response.Content.ReadFromJsonAsync<Work>())!;

    public void Dispose() => response.Dispose();

    private string Header(string name) => response.Headers.GetValues(name).Single();
}
