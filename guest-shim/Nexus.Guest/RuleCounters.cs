using Nexus.Channel;

namespace Nexus.Guest;

/// <summary>Counts how often each rewriting rule fired. Rewritten code calls <see cref="Hit"/>; the backend reads the counters in the region.</summary>
public static class RuleCounters
{
    private static readonly int[] BeforeAttached = new int[ChannelLayout.RuleHitsCount];
    private static ChannelRegion? _region;

    [ThreadStatic]
    private static bool t_runsAsItWas;

    /// <summary>Counts one hit of the rule with this number.</summary>
    public static void Hit(int rule)
    {
        if (Volatile.Read(ref _region) is { } region)
        {
            region.CountRuleHit(rule);
        }
        else if ((uint)rule < (uint)BeforeAttached.Length)
        {
            Interlocked.Increment(ref BeforeAttached[rule]);
        }
    }

    /// <summary>Whether a method that has a rule calls its target instead of running: in a process with a channel. Counts the hit.</summary>
    public static bool Diverts(int rule)
    {
        if (!GuestChannel.IsOffered || t_runsAsItWas)
        {
            return false;
        }

        Hit(rule);
        return true;
    }

    /// <summary>For a target that leaves one case to the library: calls its method as it was without the rule.</summary>
    public static T AsItWas<T>(Func<T> call)
    {
        t_runsAsItWas = true;
        try
        {
            return call();
        }
        finally
        {
            t_runsAsItWas = false;
        }
    }

    internal static void Report(ChannelRegion region)
    {
        Volatile.Write(ref _region, region);
        for (var rule = 0; rule < BeforeAttached.Length; rule++)
        {
            for (var hits = Interlocked.Exchange(ref BeforeAttached[rule], 0); hits > 0; hits--)
            {
                region.CountRuleHit(rule);
            }
        }
    }
}
