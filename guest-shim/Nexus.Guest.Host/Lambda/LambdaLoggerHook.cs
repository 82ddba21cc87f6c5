using System.Reflection;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// Points the static <c>LambdaLogger</c> of the function's <c>Amazon.Lambda.Core</c> at our log, by the private fields that the
/// package keeps for its runtime ("the name of this field must not change"). The later fields exist in later versions only.
/// </summary>
internal static class LambdaLoggerHook
{
    private const string CoreName = "Amazon.Lambda.Core";
    private static LambdaLog? s_log;

    public static void Install(LambdaLog log)
    {
        var first = Interlocked.Exchange(ref s_log, log) is null;
        if (first)
        {
            AppDomain.CurrentDomain.AssemblyLoad += static (_, loaded) => Wire(loaded.LoadedAssembly);
        }
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Wire(assembly);
        }
    }

    private static void Wire(Assembly assembly)
    {
        var name = assembly.FullName;
        if (name is null || !name.StartsWith(CoreName + ",", StringComparison.Ordinal))
        {
            return;
        }
        if (assembly.GetType(CoreName + ".LambdaLogger") is { } logger && s_log is { } log)
        {
            // On Lambda, LambdaLogger.Log(message) has no level: ASP.NET Core's logger brings one in its text.
            Set(logger, "_loggingAction", new Action<string>(message => log.Write(null, message)));
            Set(
                logger,
                "_loggingWithLevelAction",
                new Action<string, string, object[]>((level, message, args) => log.Write(level, message, null, args))
            );
            Set(
                logger,
                "_loggingWithLevelAndExceptionAction",
                new Action<string, Exception, string, object[]>(
                    (level, exception, message, args) => log.Write(level, message, exception, args)
                )
            );
        }
    }

    private static void Set(Type logger, string field, Delegate action)
    {
        var info = logger.GetField(field, BindingFlags.NonPublic | BindingFlags.Static);
        if (info is not null && info.FieldType.IsInstanceOfType(action))
        {
            info.SetValue(null, action);
        }
    }
}
