using Nexus.Bench.Output;

namespace Nexus.Bench.Aws;

/// <summary>The tables, and each aim beside what was measured.</summary>
internal static class AwsReport
{
    private static readonly string[] Baselines = [Variant.JitDefault, Variant.JitLean, Variant.ReadyToRun, Variant.NativeAot];

    public static void Write(AwsResult result)
    {
        Console.WriteLine($"One function, calls one after the other, medians of {result.Rounds} rounds.");
        Console.WriteLine($"The service is {result.Service}.");
        Console.WriteLine(
            "JIT lean has the runtime settings that Nexus gives its guests. NativeAOT is the same calls in an executable: a class"
        );
        Console.WriteLine("library cannot be compiled ahead of time. Without Nexus the node's CPU is the function's own.\n");
        foreach (
            var (operation, title) in new[]
            {
                (AwsBench.GetItem, "DynamoDB GetItem, 1 KB"),
                (AwsBench.PutItem, "DynamoDB PutItem, 1 KB"),
                (AwsBench.GetObject, "S3 GetObject, 1 MiB"),
                (AwsBench.PutObject, "S3 PutObject, 1 MiB"),
            }
        )
        {
            WriteOperation(result, title, variant => variant.Of(operation));
        }

        WriteOperation(result, $"DynamoDB GetItem, 1 KB, {result.Together} instances at once", static variant => variant.Together);
        WriteProcess(result);
        WriteAims(result);
    }

    private static void WriteOperation(AwsResult result, string title, Func<VariantResult, OperationResult> read)
    {
        var table = new TextTable(title, "guest CPU us", "backend CPU us", "node CPU us", "p50 us", "p99 us");
        foreach (var variant in result.Variants)
        {
            var of = read(variant);
            table.Add(
                variant.Name,
                Figure.Number(of.GuestCpu),
                of.BackendCpu > 0 ? Figure.Number(of.BackendCpu) : "-",
                Figure.Number(of.NodeCpu),
                Figure.Number(of.Median),
                Figure.Number(of.Percentile99)
            );
        }

        Console.WriteLine(table);
    }

    private static void WriteProcess(AwsResult result)
    {
        var table = new TextTable(
            "one instance, after DynamoDB calls",
            "first call ms",
            "idle: private dirty MB",
            "PSS MB",
            "collected: private dirty MB",
            "PSS MB"
        );
        foreach (var variant in result.Variants)
        {
            table.Add(
                variant.Name,
                Figure.Number(variant.FirstCall),
                Figure.Number(variant.Idle.PrivateDirty),
                Figure.Number(variant.Idle.Pss),
                Figure.Number(variant.Collected.PrivateDirty),
                Figure.Number(variant.Collected.Pss)
            );
        }

        Console.WriteLine(table);
        Console.WriteLine("  first call: from the start of the process to the answer of its first GetItem, seen from outside");
        Console.WriteLine(
            "  idle: nothing happened for 2 s; collected: after an aggressive collection, which Nexus does by itself when idle"
        );
        Console.WriteLine(
            $"  backend: {Figure.Number(result.Backend.PrivateDirty)} MB private dirty, {Figure.Number(result.Backend.Pss)} MB PSS with {result.Instances} instances, "
                + $"{Figure.Number(result.Backend.PrivateDirty / result.Instances)} MB for each\n"
        );
    }

    private static void WriteAims(AwsResult result)
    {
        var table = new TextTable(["Nexus against", .. Baselines, "aim against JIT lean", ""]);
        AddAim(table, result, "guest CPU per DynamoDB call", -0.85, variant => Items(variant, of => of.GuestCpu));
        AddAim(table, result, "node CPU per DynamoDB call", -0.40, variant => Items(variant, of => of.NodeCpu));
        AddAim(table, result, $"the same, {result.Together} instances at once", -0.40, variant => variant.Together.NodeCpu);
        AddAim(table, result, "first call from process start", -0.50, variant => variant.FirstCall);
        AddAim(table, result, "private dirty memory, both collected", -0.40, variant => variant.Collected.PrivateDirty);
        AddAim(table, result, "private dirty memory, idle as they are", null, variant => variant.Idle.PrivateDirty);
        AddAim(table, result, "guest CPU per S3 call", null, variant => Objects(variant, of => of.GuestCpu));
        AddAim(table, result, "node CPU per S3 call", null, variant => Objects(variant, of => of.NodeCpu));
        Console.WriteLine(table);
    }

    private static void AddAim(TextTable table, AwsResult result, string name, double? aim, Func<VariantResult, double> read)
    {
        double Of(string variant) => read(result.Variants.Single(candidate => candidate.Name == variant));
        var nexus = Of(Variant.Nexus);
        var changes = Baselines.Select(baseline => Figure.Change(Of(baseline), nexus));
        var reached = aim is { } wanted ? (nexus <= Of(Variant.JitLean) * (1 + wanted) ? "reached" : "MISSED") : "";
        table.Add([name, .. changes, aim is { } value ? Figure.Change(1, 1 + value) : "", reached]);
    }

    private static double Items(VariantResult variant, Func<OperationResult, double> read) =>
        (read(variant.Of(AwsBench.GetItem)) + read(variant.Of(AwsBench.PutItem))) / 2;

    private static double Objects(VariantResult variant, Func<OperationResult, double> read) =>
        (read(variant.Of(AwsBench.GetObject)) + read(variant.Of(AwsBench.PutObject))) / 2;
}
