using Nexus.Bench.Output;

namespace Nexus.Bench.Aws;

/// <summary>Warm calls: every operation of every variant in turn, round after round, so that what disturbs the machine disturbs all alike.</summary>
internal sealed class AwsRounds(Variant[] variants, AwsBenchOptions options)
{
    private const int WarmUpRounds = 4;
    private readonly Dictionary<(int Variant, string Operation), List<OperationResult>> _samples = [];
    private readonly MemoryFigures[] _idle = new MemoryFigures[variants.Length];
    private readonly MemoryFigures[] _collected = new MemoryFigures[variants.Length];

    public async Task RunAsync(TimeSpan idleTime)
    {
        var subjects = new List<Subject>();
        try
        {
            foreach (var variant in variants)
            {
                subjects.Add(await variant.StartAsync(null));
            }

            await RunAsync(subjects, [AwsBench.GetItem, AwsBench.PutItem], options.ItemCalls);
            // Memory of a function that uses DynamoDB: before S3 is touched.
            await MeasureMemoryAsync(subjects, idleTime);
            await RunAsync(subjects, [AwsBench.GetObject, AwsBench.PutObject], options.ObjectCalls);
        }
        finally
        {
            foreach (var subject in subjects)
            {
                await subject.DisposeAsync();
            }
        }
    }

    public VariantResult Result(int variant, double firstCall, OperationResult together) =>
        new()
        {
            Name = variants[variant].Name,
            FirstCall = firstCall,
            Together = together,
            Idle = _idle[variant],
            Collected = _collected[variant],
            Operations = [.. _samples.Where(pair => pair.Key.Variant == variant).Select(pair => OperationResult.MedianOf(pair.Value))],
        };

    private async Task RunAsync(List<Subject> subjects, string[] operations, int calls)
    {
        var names = string.Join(" and ", operations);
        for (var round = -WarmUpRounds; round < options.Rounds; round++)
        {
            var what =
                round < 0
                    ? $"{names}: warm-up {round + WarmUpRounds + 1} of {WarmUpRounds}"
                    : $"{names}: round {round + 1} of {options.Rounds}";
            await Step.RunAsync(what, () => RunRoundAsync(subjects, operations, calls, keep: round >= 0));
        }
    }

    private async Task RunRoundAsync(List<Subject> subjects, string[] operations, int calls, bool keep)
    {
        foreach (var operation in operations)
        {
            for (var i = 0; i < subjects.Count; i++)
            {
                var sample = await subjects[i].MeasureAsync(operation, calls);
                if (keep)
                {
                    if (!_samples.TryGetValue((i, operation), out var samples))
                    {
                        _samples[(i, operation)] = samples = [];
                    }

                    samples.Add(sample);
                }
            }
        }
    }

    private async Task MeasureMemoryAsync(List<Subject> subjects, TimeSpan idleTime)
    {
        await Task.Delay(idleTime);
        for (var i = 0; i < subjects.Count; i++)
        {
            _idle[i] = MemoryFigures.Of(subjects[i].GuestId);
        }

        foreach (var subject in subjects)
        {
            await subject.CallAsync("collect", 1);
        }

        await Task.Delay(idleTime);
        for (var i = 0; i < subjects.Count; i++)
        {
            _collected[i] = MemoryFigures.Of(subjects[i].GuestId);
        }
    }
}
