#!/usr/bin/env bash
# comments.sh FOLDER [PICTURES]: has the tests of render write what is posted on
# a pull request into FOLDER, as GitHub would show it, and pictures each page in
# Chromium, at the width of a desk and of a phone, light and dark. Those that the
# README shows go to PICTURES, or to .github/pictures, in few colours. Needs
# ImageMagick, and a font that holds emoji, such as fonts-noto-color-emoji.
set -euo pipefail
shopt -s inherit_errexit
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd) to=${2:-$root/.github/pictures}
mkdir -p "$to"
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[[ -x $CHROMIUM ]] || { echo "there is no browser at $CHROMIUM: set CHROMIUM" >&2; exit 1; }

(cd "$root" && MERGESEAL_LOOK=$folder go test -count=1 -run PostsHoldNothingLive ./internal/render)

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
small=(-strip +dither -colors 96 -define png:compression-level=9)

# shot PAGE WIDTH light|dark: a picture, cut to what there is to see. A window is
# never narrower than 500: a phone is a frame of its width.
shot() {
  local page=$1 width=$2 kind=$3 scheme=1 file=$folder/$1.html
  [[ $kind == light ]] || scheme=0
  if ((width < 500)); then
    file=$folder/$1-frame.html
    printf '<!doctype html><meta name="color-scheme" content="light dark"><style>body{margin:0}iframe{border:0;width:%dpx;height:2600px}</style><iframe src="%s.html"></iframe>\n' "$width" "$1" >"$file"
  fi
  "$CHROMIUM" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --hide-scrollbars --user-data-dir="$profile" --blink-settings=preferredColorScheme=$scheme --window-size=$((width < 500 ? 500 : width)),2600 \
    --screenshot="$folder/$page-$width-$kind.png" "file://$file" 2>/dev/null
  convert "$folder/$page-$width-$kind.png" -crop "${width}x2600+0+0" +repage -bordercolor "$([[ $kind == light ]] && echo '#ffffff' || echo '#0d1117')" -trim -border 12 "${small[@]}" "$folder/$page-$width-$kind.png"
}

for page in comment-pending comment-freeze comment-passed comment-several check-pending; do
  for width in 1280 390; do
    for kind in light dark; do shot "$page" "$width" "$kind"; done
  done
done
for page in pending freeze; do
  cp "$folder/comment-$page-1280-light.png" "$to/comment-$page-light.png"
  cp "$folder/comment-$page-1280-dark.png" "$to/comment-$page-dark.png"
done
cp "$folder/comment-pending-390-light.png" "$to/comment-pending-phone.png"
find "$to" -name 'comment-*.png' -size +150k -print | { ! grep . >&2; } || { echo 'these are larger than 150 KiB' >&2; exit 1; }
