using Nexus.TestKit.Data;

namespace Nexus.Differential.Tests;

/// <summary>One or more events for one function, whose every trace must be the same whichever way the function runs.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Function">Folder under <c>test-functions/</c>.</param>
/// <param name="Expect">A piece of the last answer, so that two equal failures do not pass for a success.</param>
/// <param name="Events">JSON, served in order by one warm instance.</param>
public sealed record DifferentialCase(string Name, string Function, string Expect, params string[] Events)
{
    /// <summary>The handler, when it is not the function's usual one.</summary>
    public string? Handler { get; init; }

    /// <summary>Data that is there beforehand, besides the tables, buckets and queues that every case finds.</summary>
    public Func<EmulatorData, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    public override string ToString() => Name;
}
