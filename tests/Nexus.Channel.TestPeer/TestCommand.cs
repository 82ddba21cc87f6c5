namespace Nexus.Channel.TestPeer;

/// <summary>What a test asks of the other end.</summary>
public enum TestCommand : byte
{
    /// <summary>Send the payload back, block by block as it comes.</summary>
    Echo = 1,

    /// <summary>Take nothing until the call is aborted.</summary>
    Stall = 2,

    /// <summary>Take everything, answer nothing until the call is aborted.</summary>
    Never = 3,

    /// <summary>Abort with <see cref="AbortCode.Refused"/>.</summary>
    Refuse = 4,

    /// <summary>Open <see cref="TestHead.Count"/> echo calls of <see cref="TestHead.Size"/> bytes to the asking end, at once.</summary>
    CallBack = 5,

    /// <summary>Send <see cref="TestHead.Size"/> patterned bytes.</summary>
    Source = 6,

    /// <summary>Give idle pages back, then report as <see cref="Report"/>.</summary>
    Discard = 7,

    /// <summary>Answer with a <see cref="TestReport"/> as trailers.</summary>
    Report = 8,
}
