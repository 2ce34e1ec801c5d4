#!/usr/bin/env bash
# pictures.sh FOLDER: makes the pictures of .github/pictures out of those that
# run.sh left in FOLDER, in few colours. Needs ImageMagick and poppler-utils:
#   go build -o /tmp/mergeseal ./cmd/mergeseal
#   bash internal/ci/browser/run.sh /tmp/mergeseal /tmp/pages /tmp/pages/pictures
#   bash internal/ci/browser/pictures.sh /tmp/pages/pictures
set -euo pipefail
shopt -s inherit_errexit
from=$1 to=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/.github/pictures
mkdir -p "$to"
small=(-strip +dither -colors 96 -define png:compression-level=9)
for page in schedule agenda; do
  for kind in light dark; do
    convert "$from/$page-acme-$kind.png" -crop 1280x1440+0+0 +repage "${small[@]}" "$to/$page-$kind.png"
  done
  convert "$from/$page-acme-phone.png" -resize 390x -crop 390x1500+0+0 +repage "${small[@]}" "$to/$page-phone.png"
  pdftoppm -r 90 -f 1 -l 1 -png -singlefile "$from/$page-acme.pdf" "$from/$page-print"
  convert "$from/$page-print.png" -bordercolor '#888' -border 1 "${small[@]}" "$to/$page-print.png"
done
find "$to" -name '*.png' -size +200k -print | { ! grep . >&2; } || { echo 'these are larger than 200 KiB' >&2; exit 1; }
