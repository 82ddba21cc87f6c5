# What a machine with only the .NET SDK, Node.js and git still needs. Every step is skipped once it is done.

function Initialize-Tools {
    Invoke-Step 'restore tools' 'dotnet' @('tool', 'restore') -NextStep 'The package registry must be reachable for the first run.'
}

function Initialize-Build {
    Initialize-Tools
    # Registries drop connections now and then; a second try is cheaper than a failed build.
    foreach ($attempt in 1..3) {
        $result = Invoke-Captured 'restore packages' 'dotnet' @('restore', 'Nexus.sln', '-v', 'q')
        if ($result.Code -eq 0) { break }
    }
    if ($result.Code -ne 0) {
        Write-Line $result.Output
        Stop-Build 'packages could not be restored in three attempts' 'The package registry must be reachable for the first run.'
    }
    Write-Line "  restore packages ($($result.Time))"
}

function Initialize-Emulators {
    $folder = [IO.Path]::Combine($Root, 'eng', 'emulators')
    $lock = [IO.Path]::Combine($folder, 'package-lock.json')
    if (-not [IO.File]::Exists($lock)) { return }
    if (-not (Find-Program 'node') -or -not (Find-Program 'npm')) {
        Stop-Build 'the local AWS emulators need Node.js 20 or later' "Install Node.js so that 'node' and 'npm' are on the PATH."
    }
    $installed = [IO.Path]::Combine($folder, 'node_modules', '.package-lock.json')
    if ([IO.File]::Exists($installed) -and [IO.File]::GetLastWriteTimeUtc($installed) -ge [IO.File]::GetLastWriteTimeUtc($lock)) { return }
    Invoke-Step 'install emulators' 'npm' @('ci', '--no-audit', '--no-fund') $folder 'The npm registry must be reachable for the first run.'
}

function Initialize-Sandbox {
    Initialize-DebianPackage 'bubblewrap' 'bwrap' 'nothing that needs the process sandbox can run here'
}

function Initialize-LoadGenerator {
    Initialize-DebianPackage 'nghttp2-client' 'h2load' 'the tests with its load are skipped'
}

function Initialize-DebianPackage([string] $Package, [string] $Program, [string] $Consequence) {
    if (-not $IsLinux -or (Find-Program $Program)) { return }
    if ([Environment]::UserName -ne 'root' -or -not (Find-Program 'apt-get')) {
        Write-Line "  warning: $Package ($Program) is missing, so $Consequence."
        Write-Line "           Install it with your package manager, for example: sudo apt-get install $Package"
        return
    }
    $null = Invoke-Captured 'update package lists' 'apt-get' @('update', '-q')
    $result = Invoke-Captured "install $Package" 'apt-get' @('install', '-y', '-q', '--no-install-recommends', $Package)
    if ($result.Code -eq 0) { Write-Line "  install $Package ($($result.Time))"; return }
    Write-Line $result.Output
    Write-Line "  warning: $Package could not be installed, so $Consequence."
}

# The options of a build whose compilations share one compiler process, and the name by which Stop-Compiler finds it. A compiler for each of
# the projects took a third of a build's CPU to start; one that stays, as by default, would outlive the run and hold its pipes open.
function New-SharedCompilation {
    if (-not $IsLinux) { return @{ Name = ''; Options = @() } }
    $name = 'nexus-' + [Guid]::NewGuid().ToString('N')
    return @{ Name = $name; Options = @('-p:UseSharedCompilation=true', "-p:SharedCompilationId=$name") }
}

function Stop-Compiler([string] $Name) {
    if (-not $Name) { return }
    foreach ($folder in [IO.Directory]::GetDirectories('/proc')) {
        $id = 0
        if (-not [int]::TryParse([IO.Path]::GetFileName($folder), [ref] $id)) { continue }
        # A process may end while it is looked at.
        try {
            if ([IO.File]::ReadAllText("$folder/cmdline").Contains("-pipename:$Name")) { [Diagnostics.Process]::GetProcessById($id).Kill() }
        } catch { continue }
    }
}

function Invoke-SolutionBuild {
    $compilation = New-SharedCompilation
    try { Invoke-Step 'build' 'dotnet' (@('build', 'Nexus.sln', '-c', $Configuration, '--no-restore', '-v', 'q') + $compilation.Options) }
    finally { Stop-Compiler $compilation.Name }
}
