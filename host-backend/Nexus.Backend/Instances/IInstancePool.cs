using Nexus.Backend.Functions;

namespace Nexus.Backend.Instances;

/// <summary>The instances of one function, whatever they are called with.</summary>
public interface IInstancePool : IAsyncDisposable
{
    FunctionDefinition Function { get; }

    /// <summary>Invocations or requests that run now.</summary>
    int Running { get; }

    /// <summary>Instances that live, idle ones included.</summary>
    IReadOnlyList<Instance> Instances { get; }

    /// <summary>Takes an instance of an earlier backend in; it serves as soon as it says that it is ready.</summary>
    void Adopt(Instance instance);

    /// <summary>Ends instances that have been idle for too long.</summary>
    Task ReapAsync();

    /// <summary>Takes nothing more, waits for what runs, at most for <paramref name="patience"/>, and ends all instances.</summary>
    Task DrainAsync(TimeSpan patience);
}
