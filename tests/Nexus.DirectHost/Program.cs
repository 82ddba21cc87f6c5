using Nexus.DirectHost;

// The function as it is, without Nexus: what the differential tests and the benchmarks compare with.
// usage: dotnet exec --runtimeconfig <function>.runtimeconfig.json Nexus.DirectHost.dll <publish folder> <Assembly::Type::Method> [ADDRESS:PORT]
// Events come from standard input, or over a connection that it makes, which a virtual machine without a channel can do as well.
var (folder, handlerName) = (args[0], args[1]);
FunctionAssemblies.ResolveFrom(folder, handlerName.Split("::")[0]);
var frames = args.Length > 2 ? FrameChannel.Connect(args[2]) : new FrameChannel(Console.OpenStandardInput(), Console.OpenStandardOutput());
Console.SetOut(new LogWriter(frames));
Console.SetError(Console.Out);

Handler handler;
try
{
    handler = Handler.Bind(handlerName);
}
catch (Exception failure)
{
    frames.Write(FrameKind.InitError, ErrorDocument.Write(failure));
    return 1;
}

frames.Write(FrameKind.Ready, []);
while (frames.ReadInvocation() is { } invocation)
{
    try
    {
        var result = await handler.InvokeAsync(invocation);
        frames.Write(FrameKind.Result, result);
    }
    catch (Exception failure)
    {
        frames.Write(FrameKind.Error, ErrorDocument.Write(failure));
    }
}

return 0;
