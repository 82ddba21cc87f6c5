using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Tests;

[TestClass]
public sealed class SuspendedGuestsTests
{
    [TestMethod]
    public async Task FindAsync_MakingFails_NextTriesAgain()
    {
        var guests = new SuspendedGuests();
        var failure = await Assert.ThrowsExactlyAsync<IOException>(() =>
            guests.FindAsync("one", static () => throw new IOException("busy"))
        );
        var later = await Assert.ThrowsExactlyAsync<IOException>(() =>
            guests.FindAsync("one", static () => Task.FromException<SuspendedGuest?>(new IOException("still busy")))
        );

        Assert.AreEqual("busy", failure.Message);
        Assert.AreEqual("still busy", later.Message);
        Assert.IsNull(await guests.FindAsync("one", static () => Task.FromResult<SuspendedGuest?>(null)));

        using var made = SuspendedGuest.Create();
        Assert.AreSame(made, await guests.FindAsync("one", () => Task.FromResult<SuspendedGuest?>(made)));
    }

    [TestMethod]
    public async Task FindAsync_AskedByMany_MakesOne()
    {
        var guests = new SuspendedGuests();
        using var made = SuspendedGuest.Create();
        var release = new TaskCompletionSource<SuspendedGuest?>();
        var makings = 0;
        var asked = Enumerable.Range(0, 8).Select(_ => guests.FindAsync("one", MakeAsync)).ToArray();
        release.SetResult(made);

        Assert.IsTrue((await Task.WhenAll(asked)).All(found => ReferenceEquals(found, made)));
        Assert.AreEqual(1, makings);

        Task<SuspendedGuest?> MakeAsync()
        {
            Interlocked.Increment(ref makings);
            return release.Task;
        }
    }
}
