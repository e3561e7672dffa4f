#!/bin/sh
# try_bundle.sh FOLDER: starts a bundle with an empty environment and no Python on PATH, cuts the sunflower out of the
# sample, and shows the window without a display for a moment. Prints what it measured; exits with 1 where something fails.
set -eu
bundle=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
cp "$root/resources/samples/still_life.jpg" "$home/"
alone() { timeout -s INT 120 env -i HOME="$home" PATH=/nowhere LANG=C.UTF-8 "$@"; }

echo "size: $(du -sh "$bundle" | cut -f1)"
alone "$bundle/rim-editor" --version
begun=$(date +%s.%N)
alone "$bundle/rim-editor" matte "$home/still_life.jpg" "the sunflower" -o "$home/out.png"
echo "matte: $(echo "$(date +%s.%N) - $begun" | awk '{print $1 - $3}') s"
[ -s "$home/out.png" ] || { echo "no cut-out was written" >&2; exit 1; }
alone "$bundle/rim-editor" doctor | head -n 12

set +e
timeout -s INT 20 env -i HOME="$home" PATH=/nowhere LANG=C.UTF-8 QT_QPA_PLATFORM=offscreen \
    "$bundle/rim-editor" "$home/still_life.jpg"
code=$?
set -e
# 124: it was still open when its time was over, as a window should be.
[ "$code" -eq 124 ] || [ "$code" -eq 0 ] || { echo "the window ended with $code" >&2; exit 1; }
echo "window: opened, and closed on Ctrl+C"
