# Output and processes. Children are started through .NET, so that the script behaves alike under pwsh and the small host.

function Write-Line([string] $Text) { [Console]::Out.WriteLine($Text) }

function Stop-Build([string] $Message, [string] $NextStep) {
    [Console]::Error.WriteLine("error: $Message")
    if ($NextStep) { [Console]::Error.WriteLine("       $NextStep") }
    exit 1
}

function Find-Program([string] $Name) {
    $extensions = if ($IsWindows) { '.exe', '.cmd', '' } else { , '' }
    foreach ($folder in [Environment]::GetEnvironmentVariable('PATH').Split([IO.Path]::PathSeparator)) {
        foreach ($extension in $extensions) {
            $candidate = [IO.Path]::Combine($folder, $Name + $extension)
            if ([IO.File]::Exists($candidate)) { return $candidate }
        }
    }
    return $null
}

function New-StartInfo([string] $Program, [string[]] $Arguments, [string] $Folder) {
    $path = Find-Program $Program
    if (-not $path) { Stop-Build "'$Program' is not on the PATH" "Install it, then run the command again." }
    $info = [Diagnostics.ProcessStartInfo]::new($path)
    $info.WorkingDirectory = if ($Folder) { $Folder } else { $Root }
    foreach ($argument in $Arguments) { $info.ArgumentList.Add($argument) }
    return $info
}

# Runs a program with this terminal as its own; returns its exit code.
function Invoke-Tool([string] $Program, [string[]] $Arguments, [string] $Folder = '') {
    $process = [Diagnostics.Process]::Start((New-StartInfo $Program $Arguments $Folder))
    try { $process.WaitForExit() } finally { if (-not $process.HasExited) { $process.Kill($true) } }
    return $process.ExitCode
}

function Format-Seconds([Diagnostics.Stopwatch] $Watch) {
    return $Watch.Elapsed.TotalSeconds.ToString('0.0', [Globalization.CultureInfo]::InvariantCulture) + ' s'
}

# A line every 15 s, or a running counter on a terminal: nothing is silent for long.
function Write-Waiting([string] $Name, [Diagnostics.Stopwatch] $Watch) {
    $seconds = [int]$Watch.Elapsed.TotalSeconds
    if (-not [Console]::IsOutputRedirected) { [Console]::Out.Write("`r  $Name ... $seconds s") }
    elseif ($seconds -ge 15 -and $seconds % 15 -eq 0) { Write-Line "  $Name ... $seconds s" }
}

function Read-Log([string] $Path) {
    $stream = [IO.FileStream]::new($Path, 'Open', 'Read', 'ReadWrite')
    try { return [IO.StreamReader]::new($stream).ReadToEnd() } finally { $stream.Dispose() }
}

# Runs a program with its output in artifacts/logs; returns exit code, output, time and whether it was ended for being too slow.
function Invoke-Captured([string] $Name, [string] $Program, [string[]] $Arguments, [string] $Folder = '', [int] $LimitSeconds = 1200) {
    $logs = [IO.Directory]::CreateDirectory([IO.Path]::Combine($Artifacts, 'logs')).FullName
    $file = [IO.Path]::Combine($logs, $Name.Replace(' ', '-'))
    $info = New-StartInfo $Program $Arguments $Folder
    $info.RedirectStandardOutput = $true
    $info.RedirectStandardError = $true
    $info.RedirectStandardInput = $true
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $process = [Diagnostics.Process]::Start($info)
    $late = $false
    $out = [IO.FileStream]::new("$file.out.log", 'Create', 'Write', 'ReadWrite', 1)
    $err = [IO.FileStream]::new("$file.err.log", 'Create', 'Write', 'ReadWrite', 1)
    try {
        $process.StandardInput.Close()
        $copies = [Threading.Tasks.Task[]]@($process.StandardOutput.BaseStream.CopyToAsync($out), $process.StandardError.BaseStream.CopyToAsync($err))
        while (-not $process.WaitForExit(1000)) {
            Write-Waiting $Name $watch
            if ($watch.Elapsed.TotalSeconds -gt $LimitSeconds) {
                $late = $true
                $process.Kill($true)
            }
        }
        # A process left behind keeps the pipe open; its output is not worth waiting for.
        $drained = [Threading.Tasks.Task]::WaitAll($copies, 5000)
    }
    finally {
        if (-not $process.HasExited) { $process.Kill($true) }
        $out.Dispose()
        $err.Dispose()
        if (-not [Console]::IsOutputRedirected) { [Console]::Out.Write("`r`e[K") }
    }
    return @{
        Code    = $process.ExitCode
        Output  = ((Read-Log "$file.out.log") + (Read-Log "$file.err.log")).TrimEnd()
        Time    = Format-Seconds $watch
        Late    = $late
        Drained = $drained
    }
}

# A step that must succeed: one line when it does, its whole output and the end of the build when it does not.
function Invoke-Step([string] $Name, [string] $Program, [string[]] $Arguments, [string] $Folder = '', [string] $NextStep = '') {
    $result = Invoke-Captured $Name $Program $Arguments $Folder
    if ($result.Code -ne 0) {
        Write-Line $result.Output
        Stop-Build "$Name failed with exit code $($result.Code) after $($result.Time)" $NextStep
    }
    Write-Line "  $Name ($($result.Time))"
}
