# The remaining targets: programs of the repository, packing and cleaning.

$Targets = 'help', 'build', 'test', 'demo', 'compat', 'bench', 'kill', 'soak', 'vm', 'pack', 'format', 'clean'

# Target -> the project that does it and the words put before the user's own arguments.
$Programs = @{
    demo  = @{ Project = 'bench/Nexus.Bench'; Words = @('demo') }
    bench = @{ Project = 'bench/Nexus.Bench'; Words = @() }
    kill  = @{ Project = 'bench/Nexus.KillProof'; Words = @() }
    soak  = @{ Project = 'bench/Nexus.Bench'; Words = @('soak') }
    vm    = @{ Project = 'tests/Nexus.Vmm.Nested'; Words = @() }
}

# What users install; everything else travels inside these.
$Packages = 'rewriter/Nexus.Build', 'host-backend/Nexus.Cli'

function Show-Usage {
    Write-Line @'
usage: ./build.sh <target> [arguments]        (or: pwsh build.ps1 <target> [arguments])

  build             restore and build everything (Release)
  test [NAME...]    set up, check formatting, build and run the tests; NAME picks projects whose name contains it
  demo              an ordinary function directly and through Nexus, on local AWS emulators, side by side
  compat            every test function directly and through Nexus: results, errors, logs and stored data compared
  bench channel     round trips and throughput of the channel between two processes
  bench aws         DynamoDB and S3 calls through Nexus against the same function as it is
  bench grpc        gRPC calls and servers through Nexus against the same programs as they are
  bench idle        what idle instances cost
  bench vm          virtual machines: boot against QEMU, cold and restored starts by stage, memory of monitors and clones (--clones N: clones in turn)
  kill              the long proof: backend and guests killed at random moments under load (--sandbox vm: guests that are virtual machines)
  soak              mixed calls, cancellations and killed guests for an hour (--minutes N; --pause N ms between them); fails if the backend's memory, handles or threads grow
  vm [FILTER]       the virtual machine tests and a function on Debian's kernel, in an emulated machine that has /dev/kvm (Debian packages qemu-system-x86 and lz4); "functions" for the function only
  pack              the NuGet packages and the nexus tool, into artifacts/packages
  format            format the sources in place
  clean             delete everything that was built

Needed: .NET SDK 10, Node.js 20 or later, git. Everything else is set up on the first run; the process sandbox needs Linux
and bubblewrap, which is installed when this runs as root on a machine with apt-get.
'@
}

function Get-NearestTarget([string] $Name) {
    $near = @($Targets | Where-Object { $_[0] -eq $Name[0] -or $_.Contains($Name) })
    if ($near.Count -gt 0) { return "Did you mean '$($near[0])'? './build.sh help' lists the targets." }
    return "'./build.sh help' lists the targets."
}

function Invoke-Program([string] $Name, [string[]] $Arguments) {
    $program = $Programs[$Name]
    if (-not [IO.Directory]::Exists([IO.Path]::Combine($Root, $program.Project))) {
        Stop-Build "'$Name' is run by $($program.Project), which this tree does not have" 'See CHANGELOG.md for what is there.'
    }
    Initialize-Build
    Initialize-Emulators
    Initialize-Sandbox
    Invoke-SolutionBuild
    $command = @('run', '--project', $program.Project, '-c', $Configuration, '--no-build', '--') + $program.Words + $Arguments
    return Invoke-Tool 'dotnet' $command
}

function Invoke-Pack {
    $folder = [IO.Path]::Combine($Artifacts, 'packages')
    Remove-Folder $folder
    Invoke-SolutionBuild
    Copy-GuestAssemblies
    $machines = Publish-MachinePrograms
    foreach ($project in $Packages) {
        if (-not [IO.Directory]::Exists([IO.Path]::Combine($Root, $project))) { continue }
        Invoke-Step "pack $([IO.Path]::GetFileName($project))" 'dotnet' @('pack', $project, '-c', $Configuration, '-o', $folder, '-v', 'q', "-p:MachinePrograms=$machines")
    }
    if (-not [IO.Directory]::Exists($folder)) { Stop-Build 'no project of this tree makes a package' "They would be: $($Packages -join ', ')." }
    foreach ($package in [IO.Directory]::GetFiles($folder, '*.nupkg')) { Write-Line ('  ' + [IO.Path]::GetFileName($package)) }
}

# The programs of virtual machines, which the tool carries; they are compiled ahead for Linux x64 and for nothing else.
function Publish-MachinePrograms {
    if (-not $IsLinux -or [Runtime.InteropServices.RuntimeInformation]::OSArchitecture -ne 'X64') {
        Write-Line '  warning: nexus-vmm and nexus-init are made on Linux x64 only: the tool is packed without them, and has no sandbox "vm"'
        return ''
    }
    if (-not (Find-Program 'clang') -and -not (Find-Program 'gcc')) {
        Stop-Build 'nexus-vmm and nexus-init are compiled ahead, which needs a C compiler (clang or gcc) and zlib' 'For example: sudo apt-get install clang zlib1g-dev'
    }
    $folder = [IO.Path]::Combine($Artifacts, 'machine-programs')
    Remove-Folder $folder
    foreach ($project in 'vmm/Nexus.Vmm.Monitor', 'vmm/Nexus.Vmm.Init') {
        Invoke-Step "publish $([IO.Path]::GetFileName($project))" 'dotnet' @('publish', $project, '-c', $Configuration, '-o', $folder, '-v', 'q')
    }
    return $folder
}

# What a rewritten function calls into, in one folder: the build package carries it.
function Copy-GuestAssemblies {
    $target = [IO.Directory]::CreateDirectory([IO.Path]::Combine($Artifacts, 'guest')).FullName
    foreach ($project in 'Nexus.Guest.Aws/V3', 'Nexus.Guest.Aws/V4', 'Nexus.Guest.Http.Factory', 'Nexus.Guest.Grpc.Legacy', 'Nexus.Guest.Grpc.NetClient', 'Nexus.Guest.AspNetCore') {
        $output = [IO.Path]::Combine($Root, 'guest-shim', $project, 'bin', $Configuration, 'net8.0')
        foreach ($file in [IO.Directory]::GetFiles($output, 'Nexus.*.dll')) {
            [IO.File]::Copy($file, [IO.Path]::Combine($target, [IO.Path]::GetFileName($file)), $true)
        }
    }
}

function Invoke-Clean {
    foreach ($project in [IO.Directory]::GetFiles($Root, '*.csproj', 'AllDirectories')) {
        foreach ($name in 'bin', 'obj') { Remove-Folder ([IO.Path]::Combine([IO.Path]::GetDirectoryName($project), $name)) }
    }
    foreach ($name in 'guest', 'logs', 'machine-programs', 'packages', 'test-results') { Remove-Folder ([IO.Path]::Combine($Artifacts, $name)) }
}

function Remove-Folder([string] $Path) {
    if ([IO.Directory]::Exists($Path)) { [IO.Directory]::Delete($Path, $true) }
}
