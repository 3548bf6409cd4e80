#!/bin/sh
# Makes the app package that an administrator uploads in the Teams admin centre.
#   infra/teams/package.sh HOST CLIENT_ID APP_ID [OUT.zip]
# HOST is where people reach SchoolSignal, such as signal.district.example; CLIENT_ID the app registration's id; APP_ID a new
# GUID of the app's own (uuidgen), the same at every later package.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 3 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
host=$1 client=$2 app=$3 out=${4:-schoolsignal-teams.zip}
for id in "$client" "$app"; do
  echo "$id" | grep -Eqi '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' || { echo "$id is no GUID." >&2; exit 2; }
done
case $host in *[!a-z0-9.-]*|'') echo "$host is no host name." >&2; exit 2;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -e "s/schoolsignal\.example/$host/g" -e "s/22222222-2222-4222-8222-222222222222/$client/g" \
  -e "s/11111111-1111-4111-8111-111111111111/$app/g" "$here/manifest.json" > "$work/manifest.json"
cp "$here/color.png" "$here/outline.png" "$work"
rm -f "$out"
zip -qj "$out" "$work/manifest.json" "$work/color.png" "$work/outline.png"
echo "$out"
