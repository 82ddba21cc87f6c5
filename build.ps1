# The one task runner. "./build.sh help" lists the targets; no PowerShell needs to be installed for build.sh.
# Only the engine's own cmdlets exist in eng/Nexus.PwshHost, so everything else is a .NET call.
param(
    [string] $Target = 'help',
    [Parameter(ValueFromRemainingArguments)] [string[]] $Rest = @()
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$Root = $PSScriptRoot
$Artifacts = [IO.Path]::Combine($Root, 'artifacts')
$Configuration = 'Release'
[Environment]::CurrentDirectory = $Root
# Build servers would outlive the run and hold its pipes open.
[Environment]::SetEnvironmentVariable('MSBUILDDISABLENODEREUSE', '1')
[Environment]::SetEnvironmentVariable('DOTNET_NOLOGO', '1')
[Environment]::SetEnvironmentVariable('DOTNET_CLI_TELEMETRY_OPTOUT', '1')

. "$Root/eng/build/Console.ps1"
. "$Root/eng/build/Setup.ps1"
. "$Root/eng/build/Tests.ps1"
. "$Root/eng/build/Targets.ps1"

switch ($Target.ToLowerInvariant()) {
    'help' { Show-Usage; exit 0 }
    'build' { Initialize-Build; Invoke-SolutionBuild; exit 0 }
    'test' { exit (Invoke-Tests $Rest) }
    'format' { Initialize-Tools; exit (Invoke-Tool 'dotnet' @('csharpier', 'format', '.')) }
    'pack' { Initialize-Build; Invoke-Pack; exit 0 }
    'clean' { Invoke-Clean; exit 0 }
    'demo' { exit (Invoke-Program 'demo' $Rest) }
    'compat' { $env:NEXUS_TEST_ALL_VERSIONS = '1'; exit (Invoke-Tests @('Differential')) }
    'bench' { exit (Invoke-Program 'bench' $Rest) }
    'vm' { exit (Invoke-Program 'vm' $Rest) }
    'soak' { exit (Invoke-Program 'soak' $Rest) }
    'kill' { exit (Invoke-Program 'kill' $Rest) }
    default { Stop-Build "there is no target '$Target'" (Get-NearestTarget $Target) }
}
