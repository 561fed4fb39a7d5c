#!/bin/sh
# Copies an example and what it uses into a new folder, filled in: sh examples/fill-in.sh EXAMPLE FOLDER
# From where private.pem is, with VOILA_URL, VOILA_ORGANIZATION_ID, VOILA_KID and VOILA_PROGRAM_ID set.
set -eu

examples=$(dirname "$0")
folder=$2

mkdir "$folder"
cp -R "$examples/$1/." "$folder"
rm -f "$folder/README.md"
for file in $(cd "$examples" && echo start.html users.json watch.html watch.js sign/*); do
  # What is signed with is named without its ending in some languages, and with a dot in one.
  named=$(printf '%s' "$file" | sed -e 's|^sign/\(.*\)\..*$|sign[./]\1|')
  if grep -rq "$named" "$folder"; then
    mkdir -p "$folder/$(dirname "$file")"
    cp "$examples/$file" "$folder/$file"
  fi
done
find "$folder" -type f | while read -r file; do
  sed -e "s|VOILA_URL|$VOILA_URL|" -e "s|ORGANIZATION_ID|$VOILA_ORGANIZATION_ID|" -e "s|KID|$VOILA_KID|" \
    -e "s|PROGRAM_ID|$VOILA_PROGRAM_ID|" "$file" > "$file.filled"
  mv "$file.filled" "$file"
done
(umask 077 && cat private.pem > "$folder/private.pem")
