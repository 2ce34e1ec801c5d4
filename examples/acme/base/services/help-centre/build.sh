#!/bin/sh
# Builds the help centre's static pages into public/.
set -eu

rm -rf public
mkdir public
for page in pages/*.md; do
	name=$(basename "$page" .md)
	pandoc --standalone --output "public/$name.html" "$page"
done
