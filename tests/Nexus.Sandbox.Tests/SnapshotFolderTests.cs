using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

/// <summary>Which snapshots that outlive their backend are used, and which make room for others.</summary>
[TestClass]
public sealed class SnapshotFolderTests
{
    private const int Bytes = 1000;
    private static readonly TimeSpan s_age = TimeSpan.FromHours(10);

    [TestMethod]
    public void Find_OneThatIsTooOld_IsGone()
    {
        using var files = new Files();
        var folder = new SnapshotFolder(files.Path, s_age, Bytes);
        var fresh = files.Add("fresh", written: TimeSpan.FromHours(9));
        var old = files.Add("old", written: TimeSpan.FromHours(11));

        Assert.AreEqual(fresh, folder.Find("fresh", Files.Digest));
        Assert.IsNull(folder.Find("old", Files.Digest));
        Assert.IsNull(folder.Find("none", Files.Digest));
        Assert.IsFalse(File.Exists(old));
    }

    [TestMethod]
    public void Sweep_OldAndUnfinishedOnes_Go()
    {
        using var files = new Files();
        var fresh = files.Add("fresh", written: TimeSpan.FromHours(9));
        files.Add("of-a-function-that-nobody-has-any-more", written: TimeSpan.FromHours(11));
        files.Add("killed", written: TimeSpan.FromHours(2), ending: ".snapshot.0123");
        var beingWritten = files.Add("busy", written: TimeSpan.FromMinutes(1), ending: ".snapshot.4567");

        new SnapshotFolder(files.Path, s_age, Bytes).Sweep();

        CollectionAssert.AreEquivalent(new[] { fresh, beingWritten }, Directory.GetFiles(files.Path));
    }

    [TestMethod]
    public void Sweep_MoreThanThereIsRoomFor_ThoseGoThatWereNotUsedForLongest()
    {
        using var files = new Files();
        var folder = new SnapshotFolder(files.Path, s_age, Bytes);
        var first = files.Add("first", written: TimeSpan.FromHours(3), bytes: 400);
        var second = files.Add("second", written: TimeSpan.FromHours(2), bytes: 400);
        var third = files.Add("third", written: TimeSpan.FromHours(1), bytes: 400);
        Assert.AreEqual(first, folder.Find("first", Files.Digest), "it is used again");

        folder.Sweep();

        CollectionAssert.AreEquivalent(
            new[] { first, third },
            Directory.GetFiles(files.Path),
            "the second was not used since it was written"
        );
        Assert.IsFalse(File.Exists(second));
    }

    [TestMethod]
    public void Sweep_OneThatIsLargerThanAllRoom_Goes()
    {
        using var files = new Files();
        files.Add("large", written: TimeSpan.Zero, bytes: Bytes + 1);

        new SnapshotFolder(files.Path, s_age, Bytes).Sweep();

        Assert.IsEmpty(Directory.GetFiles(files.Path));
    }

    [TestMethod]
    public void Replace_OthersOfTheFunction_GoAndNoneOfAnother()
    {
        using var files = new Files();
        var folder = new SnapshotFolder(files.Path, s_age, Bytes);
        var newest = files.Add("orders", TimeSpan.Zero);
        files.Add("orders", TimeSpan.Zero, digest: "other");
        var another = files.Add("orders-2", TimeSpan.Zero);

        folder.Replace("orders", newest);

        CollectionAssert.AreEquivalent(new[] { newest, another }, Directory.GetFiles(files.Path));
    }

    private sealed class Files : IDisposable
    {
        public const string Digest = "0f";

        public string Path { get; } = Directory.CreateTempSubdirectory("nexus-snapshots-").FullName;

        public string Add(string function, TimeSpan written, string digest = Digest, string ending = ".snapshot", int bytes = 10)
        {
            var path = System.IO.Path.Combine(Path, $"{function}.{digest}{ending}");
            File.WriteAllBytes(path, new byte[bytes]);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow - written);
            File.SetLastAccessTimeUtc(path, DateTime.UtcNow - written);
            return path;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
