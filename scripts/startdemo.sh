# Starts the built demo for a script that sources this, and ends it with the script: $demo is its process, $url its address, $data its
# data folder, $dir a folder for what the script writes. Whoever does not come up within a minute is quoted.
dir=$(mktemp -d)
bin/earshot demo --web-listen 127.0.0.1:0 --people 120 --meetings 12 >"$dir/demo.txt" 2>&1 &
demo=$!
trap 'kill $demo 2>/dev/null || true; wait $demo 2>/dev/null || true; rm -rf "$dir"' EXIT
for _ in $(seq 600); do
	grep -q 'once=' "$dir/demo.txt" && break
	kill -0 $demo 2>/dev/null || { cat "$dir/demo.txt"; exit 1; }
	sleep 0.1
done
data=$(sed -n 's/.* Earshot in \(.*\)$/\1/p' "$dir/demo.txt")
url=$(sed -n 's|.*\(http://[^/]*\)/login?once=.*|\1|p' "$dir/demo.txt")
[ -n "$url" ] || { cat "$dir/demo.txt"; exit 1; }
