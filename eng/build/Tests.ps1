# The test target: every project under tests, each in a process of its own, one after the other but for those that mostly wait.

# One project may take this long, and all together this long: twice what a machine with two cores needs, so that a slow hour is no failure.
$ProjectLimitSeconds = 1200
$TotalLimitSeconds = 3000

function Invoke-Tests([string[]] $Names) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $totals = @{ Passed = 0; Failed = 0; Skipped = 0; Failures = [Collections.Generic.List[string]]::new(); Skips = [Collections.Generic.List[string]]::new() }
    Write-Line 'Setting up'
    Initialize-Tools
    $null = Add-Check $totals 'formatting' 'dotnet' @('csharpier', 'check', '.') "Run './build.sh format'."
    Initialize-Emulators
    Initialize-Sandbox
    Initialize-LoadGenerator
    $compilation = New-SharedCompilation
    $arguments = @('build', 'Nexus.sln', '-c', $Configuration, '-v', 'q') + $compilation.Options
    try { $built = Add-Check $totals 'build' 'dotnet' $arguments 'The messages above name file and line.' } finally { Stop-Compiler $compilation.Name }
    if ($built) {
        Write-Line 'Testing'
        $projects = @(Find-TestProjects $Names)
        if ($projects.Count -eq 0) { Add-Failure $totals "no test project matches '$($Names -join ' ')'" }
        foreach ($batch in @(Group-TestProjects $projects)) { Invoke-TestProjects $totals $batch.Projects ($TotalLimitSeconds - $watch.Elapsed.TotalSeconds) }
    }
    Write-Summary $totals $watch
    return [int]($totals.Failed -gt 0 -or $totals.Passed -eq 0)
}

# A crash dump can be thousands of lines; its beginning says what happened.
function Write-Beginning([string] $Output) {
    $lines = @($Output.Split("`n"))
    for ($i = 0; $i -lt [Math]::Min(60, $lines.Count); $i++) { Write-Line $lines[$i] }
    if ($lines.Count -gt 60) { Write-Line "  ... $($lines.Count - 60) more lines in artifacts/logs" }
}

function Add-Failure($Totals, [string] $Text) {
    $Totals.Failed++
    $Totals.Failures.Add($Text)
}

# A check that is not a test counts as one failed test when it fails, so that the closing line never looks green.
function Add-Check($Totals, [string] $Name, [string] $Program, [string[]] $Arguments, [string] $NextStep) {
    $result = Invoke-Captured $Name $Program $Arguments
    if ($result.Code -eq 0) { Write-Line "  $Name ($($result.Time))"; return $true }
    Write-Line $result.Output
    Add-Failure $Totals "$Name failed with exit code $($result.Code). $NextStep"
    return $false
}

function Find-TestProjects([string[]] $Names) {
    $folder = [IO.Path]::Combine($Root, 'tests')
    if (-not [IO.Directory]::Exists($folder)) { return }
    # Not deeper: tests carry sample projects of their own.
    $all = @([IO.Directory]::GetDirectories($folder) | ForEach-Object { [IO.Directory]::GetFiles($_, '*.Tests.csproj') })
    [Array]::Sort($all)
    foreach ($path in $all) {
        $name = [IO.Path]::GetFileNameWithoutExtension($path)
        $wanted = @($Names | Where-Object { $name.Contains($_, 'OrdinalIgnoreCase') }).Count -gt 0
        if (@($Names).Count -eq 0 -or $wanted) { $path }
    }
}

function Find-TestAssembly([string] $Project) {
    $name = [IO.Path]::GetFileNameWithoutExtension($Project)
    $output = [IO.Path]::Combine([IO.Path]::GetDirectoryName($Project), 'bin', $Configuration)
    if (-not [IO.Directory]::Exists($output)) { return $null }
    $newest = $null
    foreach ($config in [IO.Directory]::GetFiles($output, "$name.runtimeconfig.json", 'AllDirectories')) {
        $path = [IO.Path]::Combine([IO.Path]::GetDirectoryName($config), "$name.dll")
        if (-not [IO.File]::Exists($path)) { continue }
        if (-not $newest -or [IO.File]::GetLastWriteTimeUtc($path) -gt [IO.File]::GetLastWriteTimeUtc($newest)) { $newest = $path }
    }
    return $newest
}

# The differential suites run together: processes of their own that start and wait for each other, and nothing of them depends on time. All others run alone.
function Group-TestProjects([string[]] $Projects) {
    $together = @($Projects | Where-Object { $_.Contains('Differential') })
    foreach ($project in $Projects) {
        if ($project -notin $together) { @{ Projects = @($project) } }
        elseif ($project -eq $together[0]) { @{ Projects = $together } }
    }
}

function Invoke-TestProjects($Totals, [string[]] $Projects, [int] $SecondsLeft) {
    $running = @($Projects | ForEach-Object { Start-TestProject $Totals $_ })
    $limit = [Math]::Max(1, [Math]::Min($ProjectLimitSeconds, $SecondsLeft))
    foreach ($run in $running) { Complete-TestProject $Totals $run $limit }
}

function Start-TestProject($Totals, [string] $Project) {
    $name = [IO.Path]::GetFileNameWithoutExtension($Project)
    $assembly = Find-TestAssembly $Project
    if (-not $assembly) { Add-Failure $Totals "${name}: not built; is it in Nexus.sln?"; return }
    $results = [IO.Directory]::CreateDirectory([IO.Path]::Combine($Artifacts, 'test-results')).FullName
    $trx = [IO.Path]::Combine($results, "$name.trx")
    [IO.File]::Delete($trx)
    $arguments = @($assembly, '--report-trx', '--report-trx-filename', "$name.trx", '--results-directory', $results, '--no-ansi', '--progress', 'off')
    return @{ Name = $name; Trx = $trx; Running = Start-Captured $name 'dotnet' $arguments }
}

function Complete-TestProject($Totals, $Started, [int] $Limit) {
    $name = $Started.Name
    $run = Wait-Captured $Started.Running $Limit
    $counts = Read-TestResults $Totals $name $Started.Trx

    # The runner's exit codes: 0 passed, 2 a test failed, 8 nothing ran or all was skipped. Anything else, or no results, is a crash.
    $trouble = ''
    if ($run.Late) { $trouble = "was ended after $Limit s" }
    elseif (-not $counts -or $counts.Total -eq 0) { $trouble = "ran no test (exit code $($run.Code))" }
    elseif ($run.Code -notin 0, 2, 8 -or ($run.Code -eq 2 -and $counts.Failed -eq 0)) { $trouble = "ended with exit code $($run.Code)" }
    if ($trouble) {
        Write-Beginning $run.Output
        Add-Failure $Totals "$name $trouble"
    }
    if (-not $run.Drained) { Write-Line "  warning: $name left a process behind" }
    $summary = if ($counts) { "$($counts.Passed) passed, $($counts.Failed) failed, $($counts.Skipped) skipped" } else { 'no results' }
    Write-Line ('  {0,-36} {1,-40} {2,8}' -f $name, ($summary + $(if ($trouble) { '; ' + $trouble })), $run.Time)
}

function Read-TestResults($Totals, [string] $Name, [string] $Trx) {
    if (-not [IO.File]::Exists($Trx)) { return $null }
    $document = [Xml.XmlDocument]::new()
    try { $document.Load($Trx) } catch { return $null }
    $counts = @{ Total = 0; Passed = 0; Failed = 0; Skipped = 0 }
    foreach ($result in $document.GetElementsByTagName('UnitTestResult')) {
        $counts.Total++
        $message = @($result.GetElementsByTagName('Message') | ForEach-Object { $_.InnerText })
        $text = if ($message.Count -gt 0) { $message[0] } else { '' }
        switch ($result.GetAttribute('outcome')) {
            'Passed' { $counts.Passed++ }
            'NotExecuted' { $counts.Skipped++; $Totals.Skips.Add("$Name.$($result.GetAttribute('testName')): $($text.Replace('Assert.Inconclusive. ', ''))") }
            default { $counts.Failed++; $Totals.Failures.Add("$Name.$($result.GetAttribute('testName')): $text" + (Get-Trace $result)) }
        }
    }
    $Totals.Passed += $counts.Passed
    $Totals.Failed += $counts.Failed
    $Totals.Skipped += $counts.Skipped
    return $counts
}

function Get-Trace($Result) {
    foreach ($trace in $Result.GetElementsByTagName('StackTrace')) { return "`n" + $trace.InnerText }
    return ''
}

function Write-Summary($Totals, [Diagnostics.Stopwatch] $Watch) {
    if ($Totals.Skips.Count -gt 0) {
        Write-Line 'Skipped'
        foreach ($skip in $Totals.Skips) { Write-Line ('  ' + $skip.Replace("`n", ' ')) }
    }
    if ($Totals.Failures.Count -gt 0) {
        Write-Line 'Failed'
        foreach ($failure in $Totals.Failures) { Write-Line ('  ' + $failure.Replace("`n", "`n    ")) }
    }
    Write-Line "Took $(Format-Seconds $Watch); logs in artifacts/logs, results in artifacts/test-results."
    Write-Line "$($Totals.Passed) passed, $($Totals.Failed) failed, $($Totals.Skipped) skipped"
}
