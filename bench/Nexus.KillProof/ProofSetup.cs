using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Nexus.TestKit;
using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;

namespace Nexus.KillProof;

/// <summary>Emulators with their data, the prepared function, an address and a state folder: what all backends of one run share.</summary>
internal sealed class ProofSetup : IAsyncDisposable
{
    private readonly EmulatorSet _emulators;
    private readonly string _folder;

    private ProofSetup(EmulatorSet emulators, string folder, Uri address, string run)
    {
        _emulators = emulators;
        _folder = folder;
        Address = address;
        Run = run;
    }

    public Uri Address { get; }

    /// <summary>Marks the guests of this run.</summary>
    public string Run { get; }

    public string StateFolder => Path.Combine(_folder, "state");

    /// <param name="maxInstances">Guests at once.</param>
    /// <param name="machines">Whether guests are virtual machines.</param>
    /// <exception cref="PlatformNotSupportedException">There are no virtual machines here.</exception>
    public static async Task<ProofSetup> CreateAsync(int maxInstances, bool machines)
    {
        var function = await ReadyFunctions.GetAsync("Probe");
        var emulators = await EmulatorSet.StartAsync();
        using (var data = new EmulatorData(emulators))
        {
            await data.CreateTableAsync("items", "id");
            await data.S3.PutBucketAsync("objects");
        }

        var setup = new ProofSetup(
            emulators,
            Directory.CreateTempSubdirectory("nexus-kill-").FullName,
            new Uri($"http://127.0.0.1:{FreePort.Find()}"),
            Guid.NewGuid().ToString("N")
        );
        var settings = new NodeSettings(
            setup.Address.ToString().TrimEnd('/'),
            setup.StateFolder,
            function,
            setup.Run,
            maxInstances,
            machines ? await ProofMachines.CreateAsync(setup._folder, setup.Run) : null
        );
        await File.WriteAllBytesAsync(setup.SettingsFile, JsonSerializer.SerializeToUtf8Bytes(settings));
        return setup;
    }

    /// <summary>Starts the next backend; it does not serve yet.</summary>
    public BackendProcess Launch() => BackendProcess.Launch(SettingsFile, Address, _emulators.CallerVariables);

    /// <summary>All processes of this run's guests, or of the monitors of their machines, that live, whoever is their parent.</summary>
    public IReadOnlyList<int> LivingGuests() =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Where(folder => int.TryParse(Path.GetFileName(folder), out _) && (HasMark(folder) || ProofMachines.IsMonitor(folder, Run)))
                .Select(static folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture)),
        ];

    public async ValueTask DisposeAsync()
    {
        await _emulators.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string SettingsFile => Path.Combine(_folder, "node.json");

    private bool HasMark(string folder)
    {
        try
        {
            return File.ReadAllText(folder + "/environ").Contains($"PROOF_RUN={Run}", StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
