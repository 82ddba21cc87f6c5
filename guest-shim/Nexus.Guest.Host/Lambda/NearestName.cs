namespace Nexus.Guest.Host.Lambda;

/// <summary>Finds what somebody probably meant, for messages only.</summary>
internal static class NearestName
{
    /// <summary>"; did you mean 'x'?" for the candidate at the smallest edit distance, or nothing when none is near.</summary>
    public static string Hint(string wanted, IEnumerable<string> candidates)
    {
        string? best = null;
        var limit = Math.Max(2, wanted.Length / 2) + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(wanted, candidate);
            if (distance < limit)
            {
                best = candidate;
                limit = distance;
            }
        }
        return best is null ? "" : $"; did you mean '{best}'?";
    }

    /// <summary>Levenshtein distance, letters compared without case so that a wrong case is the nearest miss of all.</summary>
    internal static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                var next = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[right.Length];
    }
}
