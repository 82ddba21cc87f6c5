using Nexus.PwshHost;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Nexus.PwshHost <script.ps1> [arguments]");
    return 2;
}

return ScriptRunner.Run(Path.GetFullPath(args[0]), args[1..]);
