using System.Net.Http.Headers;
using System.Text;
using Nexus.Backend.Functions;
using Nexus.Backend.Instances;
using Nexus.Backend.Node;
using Nexus.Backend.Sandbox;
using Nexus.KillProof;

namespace Nexus.Backend.Tests;

/// <summary>A node in this process and a client of its Invoke API.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly HttpClient _client;

    private TestNode(NexusNode node, LogCapture log)
    {
        Node = node;
        Log = log;
        _client = new HttpClient { BaseAddress = node.Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public NexusNode Node { get; }

    public LogCapture Log { get; }

    /// <summary>Starts a node; the sandbox's absence makes the calling test inconclusive.</summary>
    public static Task<TestNode> StartAsync(string stateFolder = "", params FunctionDefinition[] functions) =>
        StartAsync(stateFolder, new VirtualMachineOptions(), functions);

    /// <summary>The same with what virtual machines are made from.</summary>
    public static async Task<TestNode> StartAsync(string stateFolder, VirtualMachineOptions machines, params FunctionDefinition[] functions)
    {
        Requirements.Check();
        var log = new LogCapture();
        var standard = Console.Error;
        Console.SetError(log);
        try
        {
            var options = new NodeOptions
            {
                Listen = "http://127.0.0.1:0",
                Functions = functions,
                StateFolder = stateFolder,
                Machines = machines,
            };
            return new TestNode(await NexusNode.StartAsync(options, CancellationToken.None), log);
        }
        finally
        {
            Console.SetError(standard);
        }
    }

    /// <summary>A function of <c>test-functions/</c> with settings that suit a slow machine.</summary>
    public static async Task<FunctionDefinition> FunctionAsync(string name, string app, string? handler = null)
    {
        var ready = await ReadyFunctions.GetAsync(app);
        return new FunctionDefinition
        {
            Name = name,
            AppFolder = ready.Folder,
            Command = ready.CommandLine,
            Handler = handler ?? $"{app}::{app}.Function::FunctionHandler",
            Region = "us-east-1",
            Timeout = TimeSpan.FromSeconds(30),
            MemoryMb = 256,
            MaxInstances = 4,
            InitPhase = TimeSpan.FromSeconds(30),
        };
    }

    public FunctionPool Pool(string function) => Node.Functions[function];

    /// <summary>The function's only instance.</summary>
    public Instance Instance(string function) => Pool(function).Instances.Single();

    public Task<Answer> ProbeAsync(string function, string kind, string text = "", int amount = 0) =>
        InvokeAsync(function, $$"""{"kind":"{{kind}}","text":"{{text}}","amount":{{amount}}}""");

    public Task<Answer> InvokeAsync(string function, string payload, params (string Name, string Value)[] headers) =>
        InvokeAsync(function, Encoding.UTF8.GetBytes(payload), headers);

    public async Task<Answer> InvokeAsync(string function, byte[] payload, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/2015-03-31/functions/{function}/invocations");
        request.Content = new ByteArrayContent(payload);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _client.SendAsync(request);
        return new Answer(
            response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(),
            response.Headers.ToDictionary(
                static header => header.Key,
                static header => header.Value.First(),
                StringComparer.OrdinalIgnoreCase
            )
        );
    }

    public Task<string> GetAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Node.DisposeAsync();
    }
}
