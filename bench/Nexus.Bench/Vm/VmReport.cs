using Nexus.Bench.Output;

namespace Nexus.Bench.Vm;

/// <summary>The tables, and each aim beside what was measured.</summary>
internal static class VmReport
{
    private const double FirecrackerMiB = 5;
    private const double MonitorAim = 6;
    private const double RestoreAim = 30;

    public static void Write(VmResult result)
    {
        WriteBoots(result);
        WriteStarts(result);
        WriteMonitor(result);
        WriteIdle(result);
        WriteCalls(result);
        WriteTurns(result);
        foreach (var reason in result.Skipped)
        {
            Console.WriteLine($"  skipped: {reason}");
        }
    }

    private static void WriteBoots(VmResult result)
    {
        if (result.Boots is not { } boots)
        {
            return;
        }

        var table = new TextTable("monitor's start to the guest's first program, ms", "median", "least", "most", "against the first");
        foreach (var boot in boots)
        {
            table.Add(
                boot.Monitor,
                Figure.Number(boot.Median),
                Figure.Number(boot.Least),
                Figure.Number(boot.Most),
                Figure.Change(boots[0].Median, boot.Median)
            );
        }

        Console.WriteLine(table);
        if (boots.Count > 1)
        {
            Console.WriteLine($"  aim: at or under QEMU microvm: {Reached(boots.Skip(1).All(qemu => boots[0].Median <= qemu.Median))}\n");
        }
    }

    private static void WriteStarts(VmResult result)
    {
        if (result.Starts is not { } starts)
        {
            return;
        }

        var table = new TextTable($"call to first answer (DynamoDB GetItem), medians of {result.Rounds}, ms", "median", "least", "most");
        foreach (var start in starts)
        {
            table.Add(start.Name, Figure.Number(start.Median), Figure.Number(start.Least), Figure.Number(start.Most));
        }

        Console.WriteLine(table);
        foreach (var start in starts.Where(static start => start.Stages.Count > 0))
        {
            var stages = new TextTable($"{start.Name}: until", "ms");
            foreach (var stage in start.Stages)
            {
                stages.Add(stage.Stage, Figure.Number(stage.Took));
            }

            Console.WriteLine(stages);
        }

        var boot = starts.Single(static start => start.Name == StartRounds.Boot).Median;
        foreach (
            var restore in starts.Where(static start => start.Name is StartRounds.Restore or StartRounds.Rehearsed or StartRounds.Standby)
        )
        {
            Console.WriteLine(
                $"  aims for {restore.Name}: under {RestoreAim} ms: {Reached(restore.Median < RestoreAim)}; at most a tenth of a cold boot: "
                    + $"{Reached(restore.Median <= boot / 10)} ({Figure.Number(boot / restore.Median)} times as fast)"
            );
        }

        Console.WriteLine();
    }

    private static void WriteMonitor(VmResult result)
    {
        if (result.Monitor is not { } monitor)
        {
            return;
        }

        var table = new TextTable("monitor besides guest memory, images and channel, MiB", "PSS", "private dirty");
        table.Add("nexus-vmm", Figure.Number(monitor.Pss), Figure.Number(monitor.PrivateDirty));
        table.Add("its process sandbox (two processes of bubblewrap)", Figure.Number(monitor.JailPss), "");
        table.Add("Firecracker, as its makers publish it", $"<= {Figure.Number(FirecrackerMiB)}", "");
        Console.WriteLine(table);
        Console.WriteLine($"  aim: at most {MonitorAim} MB: {Reached(monitor.Pss <= MonitorAim)}\n");
    }

    private static void WriteIdle(VmResult result)
    {
        if (result.Idle is not { } idle)
        {
            return;
        }

        var table = new TextTable("idle machines", "number", "PSS MiB each", "of that the guest's");
        foreach (var machines in idle)
        {
            table.Add(machines.Name, $"{machines.Machines}", Figure.Number(machines.Pss), Figure.Number(machines.GuestPss));
        }

        Console.WriteLine(table);
        Console.WriteLine(
            "  All are clones of one machine each. As it is: the whole SDK, TLS, the guest's own TCP/IP, virtio-net on a tap device in a network of its own."
        );
        foreach (
            var (ours, theirs) in new[]
            {
                (IdleRounds.CalledClones, IdleRounds.Unmodified + PlainClones.AfterOneCall),
                (IdleRounds.CalledClones, IdleRounds.Unmodified + PlainClones.Trimmed),
                (IdleRounds.RehearsedCalledClones, IdleRounds.UnmodifiedRehearsed + PlainClones.AfterOneCall),
                (IdleRounds.RehearsedCalledClones, IdleRounds.UnmodifiedRehearsed + PlainClones.Trimmed),
            }
        )
        {
            var with = idle.Single(machines => machines.Name == ours);
            if (idle.FirstOrDefault(machines => machines.Name == theirs) is { } without)
            {
                Console.WriteLine(
                    $"  aim: at least 40% less: {Reached(with.Pss <= without.Pss * 0.6)} ({Figure.Change(without.Pss, with.Pss)}: {ours}; against {theirs})"
                );
            }
        }

        Console.WriteLine();
    }

    private static void WriteCalls(VmResult result)
    {
        if (result.Calls is not { } calls)
        {
            return;
        }

        foreach (var operation in calls[0].Operations.Select(static one => one.Operation))
        {
            var table = new TextTable($"warm calls: {operation}", "guest CPU us", "backend CPU us", "node CPU us", "p50 us", "p99 us");
            foreach (var way in calls)
            {
                var of = Of(way.Name, operation);
                table.Add(
                    way.Name,
                    Figure.Number(of.GuestCpu),
                    of.BackendCpu > 0 ? Figure.Number(of.BackendCpu) : "-",
                    Figure.Number(of.NodeCpu),
                    Figure.Number(of.Median),
                    Figure.Number(of.Percentile99)
                );
            }

            Console.WriteLine(table);
            foreach (
                var (ours, theirs) in new[]
                {
                    (CallRounds.NexusProcess, CallRounds.PlainProcess),
                    (CallRounds.NexusMachine, CallRounds.PlainMachine),
                }
            )
            {
                var (with, without) = (Of(ours, operation), Of(theirs, operation));
                Console.WriteLine(
                    $"  {ours}, against as it is: guest CPU {Figure.Change(without.GuestCpu, with.GuestCpu)}, "
                        + $"node CPU {Figure.Change(without.NodeCpu, with.NodeCpu)}, p50 {Figure.Change(without.Median, with.Median)}"
                );
            }

            Console.WriteLine();
        }

        var memory = new TextTable("after those calls, idle", "PSS MiB");
        foreach (var way in calls)
        {
            memory.Add(way.Name, Figure.Number(way.Pss));
        }

        Console.WriteLine(memory);
        Console.WriteLine(
            "  A machine's CPU is its monitor's, guest included. As it is: virtio-net on a tap device with checksum and segmentation offload."
        );
        Console.WriteLine("  All run with the lean settings but the one that says otherwise.\n");

        Aws.OperationResult Of(string name, string operation) =>
            calls.Single(way => way.Name == name).Operations.Single(one => one.Operation == operation);
    }

    private static void WriteTurns(VmResult result)
    {
        if (result.Turns is not { } turns)
        {
            return;
        }

        var table = new TextTable(
            "clones in turn",
            "failed",
            "repeated ids or random bytes",
            "largest clock error ms",
            "median ms",
            "most ms"
        );
        table.Add(
            $"{turns.Clones}",
            $"{turns.Failures}",
            $"{turns.Repeated}",
            Figure.Number(turns.MostClockError),
            Figure.Number(turns.Median),
            Figure.Number(turns.Most)
        );
        Console.WriteLine(table);
    }

    private static string Reached(bool reached) => reached ? "reached" : "MISSED";
}
