namespace Nexus.Backend.Ingress.Transport;

/// <summary>Names of connections, as Kestrel gives them: 13 digits of base 32 that no other connection of the node has, nor one of an earlier node.</summary>
internal static class ConnectionNames
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private static long s_last = DateTime.UtcNow.Ticks;

    public static string Next() =>
        string.Create(
            13,
            Interlocked.Increment(ref s_last),
            static (name, number) =>
            {
                for (var i = name.Length - 1; i >= 0; i--)
                {
                    name[i] = Digits[(int)(number & 31)];
                    number >>= 5;
                }
            }
        );
}
