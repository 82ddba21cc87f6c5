namespace Amazon.Lambda.Core;

/// <summary>Writes to the function's log from anywhere.</summary>
public static class LambdaLogger
{
    // The runtime replaces this private field by reflection, as it does in the public package.
    private static Action<string> _loggingAction = LogToConsole;

    public static void Log(string message) => _loggingAction(message);

    private static void LogToConsole(string message) => Console.WriteLine(message);
}
