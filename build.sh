#!/usr/bin/env bash
# Runs build.ps1 under pwsh when there is one, and otherwise on the PowerShell engine in eng/Nexus.PwshHost.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# The SDK refuses to start without a home folder, which bare CI containers do not have.
if [[ -z ${HOME:-} ]]; then
    export HOME="$root/artifacts/home"
    mkdir -p "$HOME"
fi

if ! command -v dotnet >/dev/null; then
    echo "error: no .NET SDK found. Install .NET SDK 10 (https://dotnet.microsoft.com/download) so that 'dotnet' is on the PATH." >&2
    exit 1
fi
if ! reason=$(cd "$root" && dotnet --version 2>&1); then
    echo "error: .NET SDK 10, which global.json asks for, does not start:" >&2
    echo "$reason" >&2
    exit 1
fi

if command -v pwsh >/dev/null; then
    exec pwsh -NoLogo -NoProfile -NonInteractive -File "$root/build.ps1" "$@"
fi

source="$root/eng/Nexus.PwshHost"
host="$root/artifacts/pwsh-host"
stamp="$host/.built"
if [[ ! -f $stamp || -n $(find "$source" "$root/Directory.Packages.props" -name obj -prune -o -name bin -prune -o -type f -newer "$stamp" -print -quit) ]]; then
    echo "Preparing the script host (no pwsh here; once, up to a minute)..." >&2
    mkdir -p "$host"
    if ! dotnet build "$source" -c Release -o "$host" -v q >"$host/build.log" 2>&1 </dev/null; then
        cat "$host/build.log" >&2
        echo "error: the script host did not build; restore needs access to the package registry." >&2
        exit 1
    fi
    touch "$stamp"
fi
exec dotnet "$host/Nexus.PwshHost.dll" "$root/build.ps1" "$@"
