#!/bin/sh
# Copies what a node with SQLite cannot lose, while it runs: backup.sh DATA_DIR TARGET
# TARGET is made anew, readable by its owner alone. Recordings are not copied: they are plain files, and rsync does that better.
set -eu
umask 077
if [ $# -ne 2 ]; then
  echo "Usage: backup.sh DATA_DIR TARGET" >&2
  exit 2
fi
data=$1
target=$2
[ -f "$data/voila.sqlite" ] || { echo "There is no voila.sqlite in $data." >&2; exit 1; }
mkdir "$target"
# One read transaction: the copy is the database as of one moment, however much is written meanwhile. Copying the file itself would not
# be: what was written last is in its -wal companion. And .backup would begin again with each write.
sqlite3 -bail -cmd '.timeout 10000' "$data/voila.sqlite" "VACUUM INTO '$(printf %s "$target" | sed "s/'/''/g")/voila.sqlite'"
[ "$(sqlite3 "$target/voila.sqlite" 'PRAGMA integrity_check')" = ok ]
# Without the first, every stream key is another; either may instead be kept in the environment.
for secret in secret admin-secret; do
  if [ -f "$data/$secret" ]; then cp -p "$data/$secret" "$target/$secret"; fi
done
