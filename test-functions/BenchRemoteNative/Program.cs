using System.Text.Json;
using BenchRemote;
using BenchRemoteNative;

// One request per line of standard input, one answer per line of standard output.
var calls = new Calls();
Console.WriteLine("READY");
while (Console.ReadLine() is { } line)
{
    var request = JsonSerializer.Deserialize(line, CallJson.Default.CallRequest)!;
    var figures = await calls.RunAsync(request);
    Console.WriteLine(JsonSerializer.Serialize(figures, CallJson.Default.CallFigures));
}
