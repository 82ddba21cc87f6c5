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

# Starts a program with its output in artifacts/logs; Wait-Captured waits for it.
function Start-Captured([string] $Name, [string] $Program, [string[]] $Arguments, [string] $Folder = '') {
    $logs = [IO.Directory]::CreateDirectory([IO.Path]::Combine($Artifacts, 'logs')).FullName
    $file = [IO.Path]::Combine($logs, $Name.Replace(' ', '-'))
    $info = New-StartInfo $Program $Arguments $Folder
    $info.RedirectStandardOutput = $true
    $info.RedirectStandardError = $true
    $info.RedirectStandardInput = $true
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $process = [Diagnostics.Process]::Start($info)
    $process.StandardInput.Close()
    $out = [IO.FileStream]::new("$file.out.log", 'Create', 'Write', 'ReadWrite', 1)
    $err = [IO.FileStream]::new("$file.err.log", 'Create', 'Write', 'ReadWrite', 1)
    return @{
        Name = $Name; File = $file; Process = $process; Watch = $watch; Started = [DateTime]::Now; Logs = @($out, $err)
        Copies = [Threading.Tasks.Task[]]@($process.StandardOutput.BaseStream.CopyToAsync($out), $process.StandardError.BaseStream.CopyToAsync($err))
    }
}

# Returns exit code, output, time and whether the program was ended for being too slow.
function Wait-Captured($Running, [int] $LimitSeconds = 1200) {
    $process = $Running.Process
    $late = $false
    try {
        while (-not $process.WaitForExit(1000)) {
            Write-Waiting $Running.Name $Running.Watch
            if ($Running.Watch.Elapsed.TotalSeconds -gt $LimitSeconds) {
                $late = $true
                $process.Kill($true)
            }
        }
        # A process left behind keeps the pipe open; its output is not worth waiting for.
        $drained = [Threading.Tasks.Task]::WaitAll($Running.Copies, 5000)
    }
    finally {
        if (-not $process.HasExited) { $process.Kill($true) }
        $Running.Logs | ForEach-Object { $_.Dispose() }
        if (-not [Console]::IsOutputRedirected) { [Console]::Out.Write("`r`e[K") }
    }
    return @{
        Code    = $process.ExitCode
        Output  = ((Read-Log "$($Running.File).out.log") + (Read-Log "$($Running.File).err.log")).TrimEnd()
        # Not the watch: several may have been waited for one after the other.
        Time    = ($process.ExitTime - $Running.Started).TotalSeconds.ToString('0.0', [Globalization.CultureInfo]::InvariantCulture) + ' s'
        Late    = $late
        Drained = $drained
    }
}

function Invoke-Captured([string] $Name, [string] $Program, [string[]] $Arguments, [string] $Folder = '', [int] $LimitSeconds = 1200) {
    return Wait-Captured (Start-Captured $Name $Program $Arguments $Folder) $LimitSeconds
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
