namespace Nexus.Backend.Interop;

/// <summary>A started child. It is collected when it ends whether or not anybody holds this object.</summary>
internal sealed class SpawnedProcess(int id, PidFd descriptor, Stream output, Stream error) : IDisposable
{
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Id { get; } = id;

    public PidFd Descriptor { get; } = descriptor;

    /// <summary>What the child writes to descriptor 1; <see cref="Stream.Null"/> unless captured.</summary>
    public Stream Output { get; } = output;

    /// <summary>What the child writes to descriptor 2; <see cref="Stream.Null"/> unless captured.</summary>
    public Stream Error { get; } = error;

    /// <summary>Completes once the child has ended and has been collected.</summary>
    public Task<ExitStatus> Exited => _exited.Task;

    public void Kill()
    {
        if (!Exited.IsCompleted)
        {
            Descriptor.Send(Native.SigKill);
        }
    }

    /// <summary>The child leads a session of its own: ends every process of its group.</summary>
    public void KillGroup()
    {
        if (!Exited.IsCompleted)
        {
            _ = Native.Kill(-Id, Native.SigKill);
        }
    }

    /// <summary>Lets go of the pipes and the descriptor; does not end the child.</summary>
    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
        Descriptor.Dispose();
    }

    internal void Complete(ExitStatus status) => _exited.TrySetResult(status);
}
