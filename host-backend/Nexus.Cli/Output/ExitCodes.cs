namespace Nexus.Cli.Output;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>It failed, or what was looked at is not in order.</summary>
    public const int Failed = 1;

    /// <summary>The command line is not understood.</summary>
    public const int Usage = 2;

    /// <summary>Ended by a signal, as shells number it.</summary>
    public const int Interrupted = 130;
}
