using Nexus.DirectHost;

// The function as it is, without Nexus: what the differential tests and the benchmarks compare with.
// usage: dotnet exec --runtimeconfig <function>.runtimeconfig.json Nexus.DirectHost.dll <publish folder> <Assembly::Type::Method> [ADDRESS:PORT]
// Events come from standard input, or over a connection that it makes, which a virtual machine without a channel can do as well. When that one ends it makes
// the next, until nobody has listened for a minute: a clone of the machine finds somebody else there.
var (folder, handlerName) = (args[0], args[1]);
var address = args.Length > 2 ? args[2] : null;
FunctionAssemblies.ResolveFrom(folder, handlerName.Split("::")[0]);
var frames = address is null
    ? new FrameChannel(Console.OpenStandardInput(), Console.OpenStandardOutput())
    : FrameChannel.TryConnect(address) ?? throw new IOException($"nobody listens at {address}");
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

do
{
    Console.SetOut(new LogWriter(frames));
    Console.SetError(Console.Out);
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

    frames = address is null ? null : FrameChannel.TryConnect(address);
} while (frames is not null);

return 0;
