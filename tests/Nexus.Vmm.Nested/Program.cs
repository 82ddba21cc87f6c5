using System.Diagnostics;
using Nexus.Vmm.Nested;

// Runs the tests that need /dev/kvm inside an emulated machine that has one: a stock kernel with kvm_amd under QEMU's emulation of nested SVM.
// Functions are run there too. usage: Nexus.Vmm.Nested [functions | test filter]
var root = RepositoryFolder.Find();
var work = Directory.CreateDirectory(Path.Combine(root, "artifacts", "vm")).FullName;
var watch = Stopwatch.StartNew();
if (!HostTools.Ensure())
{
    return 1;
}

var kernel = StockKernel.Prepare(Path.Combine(work, "kernel"));
if (kernel is null)
{
    return 1;
}

var programs = GuestPrograms.Publish(root, work);
if (programs is null)
{
    return 1;
}

var functions = FunctionParts.Prepare(root, work, kernel);
if (functions is null)
{
    return 1;
}

var archive = Path.Combine(work, "outer.cpio");
OuterMachine.WriteArchive(archive, root, kernel, programs, functions, args.FirstOrDefault() ?? OuterMachine.Everything);
Console.WriteLine($"  prepared ({watch.Elapsed.TotalSeconds:0.0} s)");
return OuterMachine.Run(kernel, archive, work);
