#!/usr/bin/env bash
# run.sh BINARY FOLDER: has BINARY lay out its example repository in FOLDER,
# judges every open change there in the formats for programs, and has
# readers.mjs read them; ics.mjs has two readers of calendars read the feed of
# its schedule. Then owners.mjs compares whom CODEOWNERS files name as
# owners by us and by another reader; those of MERGESEAL_CORPUS are among them
# when it is set.
set -euo pipefail
shopt -s inherit_errexit
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$1 folder=$2
repo=$folder/demo out=$folder/out
mkdir -p "$folder" "$out"

cp "$here/package.json" "$here/package-lock.json" "$here/readers.mjs" "$here/owners.mjs" "$here/ics.mjs" "$folder"
(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund)

"$bin" demo --dir "$repo" >"$folder/demo.txt"
"$bin" schema verdict >"$out/verdict.schema.json"

# write FILE COMMAND… keeps what COMMAND writes and prints its exit code, which
# must be one of an outcome.
write() {
  local file=$1 code=0
  shift
  "$bin" -C "$repo" "$@" -o "$file" >&2 || code=$?
  case $code in
  0 | 1 | 3 | 4) ;;
  *) echo "mergeseal $* ended with $code" >&2; return 1 ;;
  esac
  [[ -s $file ]] || { echo "mergeseal $* wrote nothing" >&2; return 1; }
  echo "$code"
}

mapfile -t branches < <(git -C "$repo" for-each-ref --format='%(refname:short)' refs/heads | grep -vx main)
((${#branches[@]} > 0)) || { echo 'the example has no open change' >&2; exit 1; }
seen=
for i in "${!branches[@]}"; do
  check=(check --base main --head "${branches[$i]}")
  code=$(write "$out/$i.verdict.json" "${check[@]}" --format json)
  for format in sarif junit; do
    other=$(write "$out/$i.$format" "${check[@]}" --format "$format")
    [[ $other == "$code" ]] || { echo "${branches[$i]}: exit $code as json, $other as $format" >&2; exit 1; }
  done
  printf '%s: exit %s\n' "${branches[$i]}" "$code"
  seen+=" $code"
done
[[ $seen == *1* && $seen =~ 0|3 ]] || { echo "the example shows only the outcomes$seen" >&2; exit 1; }
write "$out/lint.sarif" lint --format sarif >/dev/null
write "$out/lint.junit" lint --format junit >/dev/null
for range in '2026-11-01 2027-02-01' '2025-01-01 2027-02-01'; do
  read -r from to <<<"$range"
  write "$out/$from.ics" schedule --from "$from" --to "$to" --format ics --base main "${branches[@]/#/--head=}" >/dev/null
done
node "$folder/readers.mjs" "$out"
node "$folder/ics.mjs" "$out"

owners=$(cd "$out" && pwd)/owners.json
MERGESEAL_OWNERS_OUT=$owners go -C "$here/../../.." test -count=1 -run '^TestAnswersForAnotherReader$' ./internal/codeowners
[[ -s $owners ]] || { echo 'the test of codeowners wrote nothing' >&2; exit 1; }
node "$folder/owners.mjs" "$owners"
