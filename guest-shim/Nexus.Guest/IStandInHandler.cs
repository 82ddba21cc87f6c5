namespace Nexus.Guest;

/// <summary>A handler of HTTP requests in another one's place. Whoever judges what a program set up looks at that one.</summary>
public interface IStandInHandler
{
    HttpMessageHandler Original { get; }
}
