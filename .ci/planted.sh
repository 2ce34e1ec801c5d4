#!/usr/bin/env bash
# planted.sh PROGRAM [FILE…]: shows that the linter refuses what .golangci.yml forbids.
# Each file of .ci/planted breaks one rule. Its first lines say where it goes
# and which words the linter must say of it there:
#   // path: internal/change/zz_planted_os.go
#   // want: core has no I/O
# All are put into one copy of the module and linted in one run, so that no
# violation can hide behind another one's failure to compile.
set -euo pipefail
shopt -s inherit_errexit
program=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -cf - -T - 2>/dev/null | tar -xf - -C "$copy"

field() { sed -n "s|^// $1: ||p" "$2" | head -n 1; }

shopt -s nullglob
files=("${@:2}")
((${#files[@]} > 0)) || files=(.ci/planted/*.txt)
((${#files[@]} > 0)) || { echo 'nothing is planted' >&2; exit 1; }

packages=()
for file in "${files[@]}"; do
  path=$(field path "$file")
  [[ -d $copy/${path%/*} ]] || { echo "$file: there is no folder for $path" >&2; exit 1; }
  [[ ! -e $copy/$path ]] || { echo "$file: $path exists" >&2; exit 1; }
  cp "$file" "$copy/$path"
  packages+=("./${path%/*}")
done
mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)

said=$(cd "$copy" && "$program" run --output.text.print-issued-lines=false --output.text.colors=false "${packages[@]}" 2>&1) && {
  echo 'the linter found nothing' >&2
  exit 1
}
if grep -F '(typecheck)' <<<"$said"; then
  echo 'the planted files do not compile, so the linter saw nothing' >&2
  exit 1
fi
bad=0
for file in "${files[@]}"; do
  path=$(field path "$file")
  want=$(field want "$file")
  if [[ -z $want ]] || ! grep -F "$path:" <<<"$said" | grep -qF -- "$want"; then
    printf 'not refused for its reason: %s, want "%s", got:\n%s\n' "$file" "$want" "$(grep -F "$path:" <<<"$said" || echo nothing)" >&2
    bad=1
  fi
done
((bad == 0)) || { printf '%s\n' "$said" | tail -n 20 >&2; exit 1; }
echo "all ${#files[@]} planted violations are refused, each for its reason"
