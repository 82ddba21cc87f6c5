namespace Nexus.Bench.Grpc;

/// <summary>What each part does and how many calls a round makes.</summary>
internal static class GrpcOperations
{
    public const string Client = "client";
    public const string Server = "server";
    public const string InNode = "in-node";

    public static readonly string[] Parts = [Client, Server, InNode];

    private static readonly (string Name, int Calls)[] ClientCalls =
    [
        ("unary-1k", 1000),
        ("unary-64k", 200),
        ("unary-1m", 20),
        ("stream-10k", 4),
        ("concurrent", 1000),
    ];

    private static readonly (string Name, int Calls)[] ServerCalls =
    [
        ("unary-1k", 1000),
        ("unary-64k", 200),
        ("get", 1000),
        ("concurrent", 2000),
    ];

    private static readonly (string Name, int Calls)[] InNodeCalls =
    [
        ("unary-1k", 1000),
        ("unary-64k", 200),
        ("unary-1m", 20),
        ("concurrent", 1000),
    ];

    public static IReadOnlyList<(string Name, int Calls)> Of(string part) =>
        part switch
        {
            Client => ClientCalls,
            Server => ServerCalls,
            _ => InNodeCalls,
        };
}
