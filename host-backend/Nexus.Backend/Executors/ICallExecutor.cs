using Nexus.Backend.Functions;
using Nexus.Channel;

namespace Nexus.Backend.Executors;

/// <summary>Executes the calls of one protocol that guests open.</summary>
public interface ICallExecutor
{
    /// <summary>One of <see cref="Channel.Messages.ChannelProtocol"/>.</summary>
    ushort Protocol { get; }

    /// <summary>
    /// Executes one call and sends its answer. Runs on the channel's own thread until it first waits, so it must not block. Which function it is follows from the
    /// region the call came through, never from the call.
    /// </summary>
    /// <exception cref="ProtocolViolationException">The guest sent what the protocol does not allow; its instance ends.</exception>
    Task ExecuteAsync(ChannelCall call, FunctionDefinition function);
}
