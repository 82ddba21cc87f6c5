using System.Globalization;
using System.Text.Json;
using Nexus.KillProof;

if (args is ["node", var settings])
{
    await NodeProgram.RunAsync(settings);
    return 0;
}

var machines = Text("--sandbox") == "vm";
var usual = machines ? 100 : 1000;
var backends = Number("--backends", usual);
var guests = Number("--guests", usual);
var seed = Number("--seed", Random.Shared.Next());
if (args.Contains("--help") || Text("--sandbox") is not (null or "process" or "vm") || backends < 0 || guests < 0)
{
    Console.WriteLine(
        "usage: kill [--sandbox process|vm] [--backends N] [--guests N] [--seed S] [--json FILE]     (N kills each, 1000 unless told, 100 in machines; 0 leaves a part out)"
    );
    return 2;
}

Console.WriteLine($"seed {seed}");
var backendKills = backends > 0 ? await BackendKills.RunAsync(backends, seed, Progress, machines) : null;
var guestKills = guests > 0 ? await GuestKills.RunAsync(guests, seed, Progress, machines) : null;
if (backendKills is not null)
{
    ProofReport.Print(backendKills);
}

if (guestKills is not null)
{
    ProofReport.Print(guestKills);
}

if (Text("--json") is { } file)
{
    await File.WriteAllBytesAsync(
        file,
        JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object?>
            {
                ["seed"] = seed,
                ["backends"] = backendKills,
                ["guests"] = guestKills,
            }
        )
    );
}

return backendKills is { Broken.Count: > 0 } || guestKills is { Broken.Count: > 0 } ? 1 : 0;

int Number(string name, int usual) =>
    Text(name) is not { } text ? usual
    : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
    : -1;

string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static void Progress(string line) => Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {line}");
