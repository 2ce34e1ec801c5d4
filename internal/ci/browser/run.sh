#!/usr/bin/env bash
# run.sh BINARY FOLDER [PICTURES]: has BINARY write the pages of its example
# repository, and the tests of render those of their samples, into FOLDER, and
# opens them all in Chromium. The browser is that of CHROMIUM, else Debian's,
# which is installed when it is missing. Pictures and prints go to PICTURES, or
# to FOLDER/pictures.
set -euo pipefail
shopt -s inherit_errexit
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$1 folder=$2 pictures=${3:-$2/pictures}
repo=$folder/demo pages=$folder/pages
mkdir -p "$pages" "$pictures"
pages=$(cd "$pages" && pwd)

export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
if [[ ! -x $CHROMIUM && $CHROMIUM == /usr/bin/chromium && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core fonts-liberation
fi
[[ -x $CHROMIUM ]] || { echo "there is no browser at $CHROMIUM: set CHROMIUM, or install Debian's chromium" >&2; exit 1; }

cp "$here/package.json" "$here/package-lock.json" "$here"/*.mjs "$folder"
(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund)

# The example's own days, with two freezes, a maintenance window and all of its
# branches as what is not merged yet.
"$bin" demo --dir "$repo" >"$folder/demo.txt"
mapfile -t branches < <(git -C "$repo" for-each-ref --format='%(refname:short)' refs/heads | grep -vx main)
heads=()
for branch in "${branches[@]}"; do heads+=(--head "$branch"); done
at=(--now 2026-11-23T09:00:00Z --replay -C "$repo")
for format in html json; do
  "$bin" "${at[@]}" schedule "${heads[@]}" --from 2026-11-22 --to 2026-12-22 --timezone Europe/Berlin --format "$format" -o "$pages/schedule-acme.$format"
  "$bin" "${at[@]}" agenda "${heads[@]}" --date 2026-11-25T14:00:00+01:00 --until 2026-12-22 --timezone Europe/Berlin --format "$format" -o "$pages/agenda-acme.$format"
done
MERGESEAL_PAGES_OUT=$pages go -C "$here/../../.." test -count=1 -run '^TestPagesAreWrittenForABrowser$' ./internal/render
for page in schedule-acme schedule-sample agenda-acme agenda-sample agenda-minutes; do
  [[ -s $pages/$page.html && -s $pages/$page.json ]] || { echo "$page was not written" >&2; exit 1; }
done
node "$folder/check.mjs" "$pages" "$pictures"
