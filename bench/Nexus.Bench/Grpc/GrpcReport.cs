using Nexus.Bench.Aws;
using Nexus.Bench.Output;

namespace Nexus.Bench.Grpc;

/// <summary>The tables, and each aim beside what was measured.</summary>
internal static class GrpcReport
{
    private const string Unary = "unary-1k";

    private static readonly Dictionary<string, string> Titles = new()
    {
        [GrpcOperations.Client] =
            "Calls of a function to a server outside of the node, over TCP unless another way is named; the server is in no figure.",
        [GrpcOperations.Server] = "Calls to a server; who calls is in no figure. Without Nexus the server is its own Kestrel.",
        [GrpcOperations.InNode] =
            "Calls of a function to a server on the same node; both are in the guest's figures. Without Nexus over a Unix socket.",
    };

    public static void Write(GrpcResult result)
    {
        Console.WriteLine($"Medians of {result.Rounds} rounds. JIT lean has the runtime settings that Nexus gives its guests.");
        foreach (var part in result.Parts)
        {
            Console.WriteLine($"\n{Titles[part.Name]}\n");
            foreach (var (operation, _) in GrpcOperations.Of(part.Name))
            {
                WriteOperation(part, operation);
            }
        }

        WriteAims(result);
    }

    private static void WriteOperation(GrpcPart part, string operation)
    {
        var table = new TextTable($"{part.Name}: {operation}", "guest CPU us", "backend CPU us", "node CPU us", "p50 us", "p99 us");
        foreach (var variant in part.Variants)
        {
            var figures = variant.Of(operation);
            table.Add(
                variant.Name,
                Figure.Number(figures.GuestCpu),
                variant.Name == GrpcBench.Nexus ? Figure.Number(figures.BackendCpu) : "-",
                Figure.Number(figures.NodeCpu),
                Figure.Number(figures.Median),
                Figure.Number(figures.Percentile99)
            );
        }

        Console.WriteLine(table);
    }

    private static void WriteAims(GrpcResult result)
    {
        var table = new TextTable("Nexus against", GrpcBench.JitDefault, GrpcBench.JitLean, "aim against JIT lean", "");
        foreach (var part in result.Parts)
        {
            Add(part, "guest CPU", part.Name == GrpcOperations.InNode ? null : -0.90, static of => of.GuestCpu);
            Add(part, "node CPU", part.Name == GrpcOperations.InNode ? null : -0.30, static of => of.NodeCpu);
            Add(part, "p50", part.Name == GrpcOperations.InNode ? -0.50 : 0, static of => of.Median);
        }

        Console.WriteLine(table);

        void Add(GrpcPart part, string name, double? aim, Func<OperationResult, double> read)
        {
            double Of(string variant) => read(part.Variants.Single(candidate => candidate.Name == variant).Of(Unary));
            var nexus = Of(GrpcBench.Nexus);
            table.Add(
                $"{part.Name}, {Unary}: {name}",
                Figure.Change(Of(GrpcBench.JitDefault), nexus),
                Figure.Change(Of(GrpcBench.JitLean), nexus),
                aim is { } value ? Figure.Change(1, 1 + value) : "",
                aim is { } wanted ? (nexus <= Of(GrpcBench.JitLean) * (1 + wanted) ? "reached" : "MISSED") : ""
            );
        }
    }
}
