namespace Nexus.Rewriter.Tests;

/// <summary>Small assemblies with the guest's names and entry points, whose effects a test can see.</summary>
internal static class StandIns
{
    public const string Guest = """
        namespace Nexus.Guest;
        public static class RuleCounters
        {
            public static readonly int[] Counts = new int[1024];
            public static bool Attached;
            public static bool Diverts(int rule) { if (Attached) Hit(rule); return Attached; }
            public static void Hit(int rule) => System.Threading.Interlocked.Increment(ref Counts[rule]);
        }
        """;

    private const string Aws = """
        namespace Nexus.Guest.Aws;
        public static class AwsInterception
        {
            public static int Calls;
            public static void RefusePresign() { }
            public static void Register() { Calls++; if (System.Environment.GetEnvironmentVariable("NEXUS_CHANNEL") != null) System.Console.WriteLine("registered"); }
        }
        """;

    private const string Host = """
        public static class Program
        {
            public static void Main(string[] args)
            {
                var handler = System.Environment.GetEnvironmentVariable("_HANDLER").Split("::");
                var type = System.Reflection.Assembly.Load(handler[0]).GetType(handler[1]);
                System.Console.WriteLine("host: " + type.GetMethod(handler[2]).Invoke(null, null));
                System.Console.WriteLine("hits: " + Nexus.Guest.RuleCounters.Counts[1]);
            }
        }
        """;

    /// <summary>Writes all five guest assemblies into a folder.</summary>
    public static string WriteAll(string folder)
    {
        var guest = WriteGuest(folder);
        Compiled.WriteCached(folder, "Nexus.Channel", "public class Channel;", CompileMode.Release);
        Compiled.WriteCached(folder, "Nexus.Guest.Aws.V4", Aws, CompileMode.Release);
        Compiled.WriteCached(folder, "Nexus.Guest.Aws.V3", Aws, CompileMode.Release);
        Compiled.WriteCached(folder, "Nexus.Guest.Host", Host, CompileMode.Release, guest);
        return folder;
    }

    public static string WriteGuest(string folder) => Compiled.WriteCached(folder, "Nexus.Guest", Guest, CompileMode.Release);
}
