using Nexus.Bench.Output;

namespace Nexus.Bench.Aws;

/// <summary>
/// Several instances of each variant at the same time, as on a node with work to do: the backend then serves calls that came while it was
/// awake anyway. What the service's own process takes of the machine is in nobody's figure, but everybody waits for it.
/// </summary>
internal sealed class AwsTogether(Variant[] variants, AwsBenchOptions options)
{
    private const int WarmUpRounds = 3;
    private readonly List<OperationResult>[] _samples = [.. variants.Select(static _ => new List<OperationResult>())];

    public async Task RunAsync()
    {
        var subjects = new List<Subject[]>();
        try
        {
            foreach (var variant in variants)
            {
                subjects.Add(await StartAsync(variant));
            }

            for (var round = -WarmUpRounds; round < options.Rounds; round++)
            {
                var what = round < 0 ? $"warm-up {round + WarmUpRounds + 1} of {WarmUpRounds}" : $"round {round + 1} of {options.Rounds}";
                await Step.RunAsync($"{options.Together} instances at once: {what}", () => RunRoundAsync(subjects, keep: round >= 0));
            }
        }
        finally
        {
            foreach (var subject in subjects.SelectMany(static group => group))
            {
                await subject.DisposeAsync();
            }
        }
    }

    public OperationResult Result(int variant) => OperationResult.MedianOf(_samples[variant]);

    private async Task<Subject[]> StartAsync(Variant variant)
    {
        var group = new Subject[options.Together];
        for (var number = 0; number < group.Length; number++)
        {
            group[number] = await variant.StartAsync(number);
        }

        return group;
    }

    private async Task RunRoundAsync(List<Subject[]> subjects, bool keep)
    {
        for (var i = 0; i < subjects.Count; i++)
        {
            var sample = await MeasureAsync(subjects[i]);
            if (keep)
            {
                _samples[i].Add(sample);
            }
        }
    }

    /// <summary>One backend serves all of a group: its time is shared by all their calls.</summary>
    private async Task<OperationResult> MeasureAsync(Subject[] group)
    {
        var guests = group.Sum(static subject => ProcessFigures.CpuMicroseconds(subject.GuestId));
        var backend = BackendCpu();
        var figures = await Task.WhenAll(group.Select(subject => subject.CallAsync(AwsBench.GetItem, options.ItemCalls)));
        var calls = (double)options.ItemCalls * group.Length;
        return new OperationResult(
            AwsBench.GetItem,
            (group.Sum(static subject => ProcessFigures.CpuMicroseconds(subject.GuestId)) - guests) / calls,
            (BackendCpu() - backend) / calls,
            Figure.Median(figures.Select(static one => one.Median)),
            Figure.Median(figures.Select(static one => one.Percentile99))
        );

        double BackendCpu() => group[0].BackendId is { } pid ? ProcessFigures.CpuMicroseconds(pid) : 0;
    }
}
