#!/usr/bin/env bash
# Builds the Azure app and packs it for deployment: package.sh FILE.zip
set -euo pipefail
cd "$(dirname "$0")/.."
file=$(realpath -m "${1:?package.sh FILE.zip}")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
dotnet publish functions -c Release -p:FunctionsHost=Azure -o "$out"
rm -f "$file"
(cd "$out" && zip -qr "$file" .)
echo "$file"
