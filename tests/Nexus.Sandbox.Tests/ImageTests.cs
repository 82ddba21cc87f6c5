using Nexus.Backend.Images;
using Nexus.Backend.Sandbox;
using Nexus.Diagnostics;

namespace Nexus.Sandbox.Tests;

/// <summary>Images as files; that a kernel reads them, <see cref="VirtualMachineSandboxTests"/> shows.</summary>
[TestClass]
public sealed class ImageTests
{
    [TestMethod]
    public void Get_SameContentElsewhere_IsTheSameFileWithTheSameBytes()
    {
        using var folders = new Folders();
        AwkwardTree.Make(folders.First);
        AwkwardTree.Make(folders.Second);
        File.SetLastWriteTimeUtc(Path.Combine(folders.Second, "large"), DateTime.UnixEpoch);

        var one = new ImageCache(folders.Cache).Get(GuestImages.Function(folders.First));
        var two = new ImageCache(folders.OtherCache).Get(GuestImages.Function(folders.Second));

        Assert.AreEqual(Path.GetFileName(one), Path.GetFileName(two));
        CollectionAssert.AreEqual(File.ReadAllBytes(one), File.ReadAllBytes(two));
        Assert.AreEqual(0, new FileInfo(one).Length % (2 << 20));
    }

    [TestMethod]
    [DataRow("content")]
    [DataRow("name")]
    [DataRow("mode")]
    [DataRow("link")]
    public void Digest_OneThingDiffers_IsAnother(string what)
    {
        using var folders = new Folders();
        AwkwardTree.Make(folders.First);
        var before = GuestImages.Function(folders.First).Digest();

        var file = Path.Combine(folders.First, "block");
        switch (what)
        {
            case "content":
                var bytes = File.ReadAllBytes(file);
                bytes[4095] ^= 1;
                File.WriteAllBytes(file, bytes);
                break;
            case "name":
                File.Move(file, file + "2");
                break;
            case "mode" when !OperatingSystem.IsWindows():
                File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
                break;
            default:
                File.Delete(Path.Combine(folders.First, "link"));
                File.CreateSymbolicLink(Path.Combine(folders.First, "link"), "a/b/c");
                break;
        }

        Assert.AreNotEqual(before, GuestImages.Function(folders.First).Digest());
    }

    [TestMethod]
    public void AddTree_LinkToNowhere_IsRefusedByName()
    {
        using var folders = new Folders();
        File.CreateSymbolicLink(Path.Combine(folders.First, "broken"), "/no/such/target");

        var failure = Assert.ThrowsExactly<NexusException>(() => GuestImages.Function(folders.First));

        Assert.AreEqual(SandboxDiagnostics.ImageNotBuilt, failure.Diagnostic);
        StringAssert.Contains(failure.Message, "broken");
    }

    [TestMethod]
    public void Get_TwoAtOnce_BothGetAWholeImage()
    {
        using var folders = new Folders();
        AwkwardTree.Make(folders.First);
        var paths = new string[8];

        Parallel.For(0, paths.Length, i => paths[i] = new ImageCache(folders.Cache).Get(GuestImages.Function(folders.First)));

        Assert.HasCount(1, paths.Distinct().ToArray());
        Assert.HasCount(1, Directory.GetFiles(folders.Cache));
    }

    private sealed class Folders : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("nexus-image-").FullName;

        public Folders()
        {
            Directory.CreateDirectory(First);
            Directory.CreateDirectory(Second);
        }

        public string First => Path.Combine(_root, "first");

        public string Second => Path.Combine(_root, "second");

        public string Cache => Path.Combine(_root, "cache");

        public string OtherCache => Path.Combine(_root, "other-cache");

        public void Dispose() => Directory.Delete(_root, recursive: true);
    }
}
