namespace RestCaller;

/// <summary>Answers by itself, as in a unit test.</summary>
internal sealed class FakeHandler : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage { Content = new StringContent("made up"), RequestMessage = request });
}
