using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Nexus.KillProof;

/// <summary>Callers that never give up: each sends one piece of work until it is answered, checks the answer, and goes on.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int ObjectBytes = 40_000;
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _callers;
    private readonly ConcurrentDictionary<string, GuestReport> _guests = new();
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private long _completed;
    private long _retried;
    private long _wrong;
    private long _worstTicks;

    public Load(Uri address, int callers)
    {
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(40) };
        var run = Guid.NewGuid().ToString("N")[..8];
        _callers = [.. Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync($"{run}-{caller}")))];
    }

    public long Completed => Interlocked.Read(ref _completed);

    public LoadResult Result =>
        new(
            Completed,
            Interlocked.Read(ref _retried),
            Interlocked.Read(ref _wrong) + _guests.Values.Sum(static guest => guest.Corruptions),
            Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _worstTicks)).TotalSeconds,
            _guests.IsEmpty ? 0 : _guests.Values.Max(static guest => guest.WorstOverrunMs),
            _guests.Values.Sum(static guest => (long)guest.Calls),
            _guests.Values.Sum(static guest => (long)guest.FailedCalls),
            _guests.Count,
            new SortedDictionary<string, int>(_errors)
        );

    /// <summary>Lets every caller finish what it has begun, or give it up if it is not answered now.</summary>
    public async Task<LoadResult> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        return Result;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task CallAsync(string caller)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var id = $"{caller}-{number}";
            var started = Stopwatch.GetTimestamp();
            while (!await TryAsync(id))
            {
                Interlocked.Increment(ref _retried);
                await Task.Delay(20);
                if (_stop.IsCancellationRequested)
                {
                    return;
                }
            }

            Interlocked.Increment(ref _completed);
            var took = Stopwatch.GetTimestamp() - started;
            for (var worst = Interlocked.Read(ref _worstTicks); took > worst; worst = Interlocked.Read(ref _worstTicks))
            {
                Interlocked.CompareExchange(ref _worstTicks, took, worst);
            }
        }
    }

    private async Task<bool> TryAsync(string id)
    {
        try
        {
            using var request = new StringContent($"{{\"id\":\"{id}\",\"bytes\":{ObjectBytes}}}");
            using var response = await _client.PostAsync(
                new Uri($"/2015-03-31/functions/{NodeProgram.FunctionName}/invocations", UriKind.Relative),
                request
            );
            var body = await response.Content.ReadAsByteArrayAsync();
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return Count($"HTTP {(int)response.StatusCode}");
            }

            if (response.Headers.Contains("X-Amz-Function-Error"))
            {
                using var error = JsonDocument.Parse(body);
                return Count(error.RootElement.GetProperty("errorType").GetString()!);
            }

            Check(id, JsonSerializer.Deserialize<GuestReport>(body, JsonSerializerOptions.Web)!);
            return true;
        }
        catch (HttpRequestException)
        {
            return Count("connection");
        }
        catch (OperationCanceledException)
        {
            return Count("no answer in 40 s");
        }
        catch (JsonException)
        {
            Interlocked.Increment(ref _wrong);
            return Count("answer is not JSON");
        }
    }

    private void Check(string id, GuestReport answer)
    {
        _guests[answer.Process] = answer;
        var content = new byte[ObjectBytes];
        // What the function stores for this id.
        new Random(id.Aggregate(17, static (sum, character) => unchecked((sum * 31) + character))).NextBytes(content);
        if (
            answer.Id != id
            || answer.Item != Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)))
            || answer.Hash != Convert.ToHexString(SHA256.HashData(content))
        )
        {
            Interlocked.Increment(ref _wrong);
        }
    }

    private bool Count(string error)
    {
        _errors.AddOrUpdate(error, 1, static (_, count) => count + 1);
        return false;
    }
}
