#!/usr/bin/env bash
# Runs the Containerfile's build without a container engine: every COPY and RUN of the stages ui and build, in empty folders, from what
# a build context would contain. Then, in place of the last stages: that the binary needs only libraries that the base image's packages
# have, that it runs as another user in an empty folder, and that the health check says so. Needs root, Node, Go and a C++ compiler.
#
# What it cannot show: that the base images exist and are as assumed, apt-get and useradd in them, and what an engine does with
# EXPOSE, VOLUME, HEALTHCHECK and USER.
set -euo pipefail
cd "$(dirname "$0")/../.."
file=deploy/container/Containerfile
root=$(mktemp -d)
chmod 755 "$root"
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait; chmod -R u+w "$root"; rm -rf "$root"' EXIT

# The context: what git has, as it lies here, less what is ignored (none of which git has, but for placeholders).
mkdir "$root/context"
git ls-files -z | while IFS= read -r -d '' f; do [ -e "$f" ] && printf '%s\0' "$f"; done | tar c --null -T - | tar x -C "$root/context"
echo "context: $(find "$root/context" -type f | wc -l) files"

# Instructions with their continuation lines joined.
sed -e '/^#/d' -e '/^$/d' "$file" | sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' >"$root/steps"
stage= dir=
while read -r instruction rest <&4; do
	case $instruction in
	FROM)
		stage=${rest##* }
		mkdir -p "$root/$stage"
		case $stage in ui | build) ;; *) break ;; esac
		;;
	WORKDIR)
		dir=$root/$stage$rest
		mkdir -p "$dir"
		;;
	COPY)
		from=$root/context
		case $rest in --from=*)
			from=${rest%% *}
			from=$root/${from#--from=}
			rest=${rest#* }
			;;
		esac
		read -ra words <<<"$rest"
		to=$dir/${words[-1]}
		for source in "${words[@]::${#words[@]}-1}"; do
			case $source in
			*/ | .) cp -r "$from/$source/." "$to" ;; # a folder's content
			*) cp "$from/$source" "$to" ;;
			esac
		done
		echo "$stage: COPY $rest"
		;;
	RUN)
		echo "$stage: RUN $rest"
		(cd "$dir" && bash -euc "$rest")
		;;
	*) echo "$file: $instruction is not known here" >&2; exit 1 ;;
	esac
done 4<"$root/steps"

bin=$root/build/src/out
for lib in $(ldd "$bin/earshot" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p'); do
	package=$(dpkg -S "$(readlink -f "$lib")" "$lib" 2>/dev/null | head -n 1 | cut -d: -f1 || true)
	case $package in
	libc6 | libstdc++6 | libgcc-s1) echo "library: $lib is of $package" ;; # libstdc++6 depends on libgcc-s1
	*) echo "library: $lib is of ${package:-no package}, which the image does not have" >&2; exit 1 ;;
	esac
done
! ldd "$bin/earshot-receiver" >/dev/null 2>&1 || { echo "earshot-receiver is not static" >&2; exit 1; }

# as runs a program as the image does: another user, an empty folder, little environment.
as() { exec setpriv --reuid=10001 --regid=10001 --clear-groups env -i PATH=/usr/local/bin:/usr/bin:/bin ZOOM_WEBHOOK_SECRET_TOKEN=s ZOOM_CLIENT_ID=i ZOOM_CLIENT_SECRET=s "$@"; }
healthy() { # name, address
	for _ in $(seq 100); do
		if EARSHOT_HEALTH=$2 bash deploy/container/healthcheck.sh 2>/dev/null; then
			echo "health: $1 is healthy as user 10001"
			return
		fi
		sleep 0.2
	done
	cat "$root/$1.log" >&2
	echo "health: $1 is not healthy" >&2
	exit 1
}
chmod 755 "$root/build" "$root/build/src" "$bin"
install -d -o 10001 -g 10001 -m 0700 "$root/data"
! EARSHOT_HEALTH=127.0.0.1:38080/readyz bash deploy/container/healthcheck.sh 2>/dev/null || { echo "healthy before anything runs" >&2; exit 1; }
(cd "$root/data" && as "$bin/earshot" serve --data "$root/data" --webhook-listen 127.0.0.1:33000 --web-listen 127.0.0.1:38080) >"$root/earshot.log" 2>&1 &
pids+=($!)
healthy earshot 127.0.0.1:38080/readyz
(cd "$root/data" && as "$bin/earshot" emulate --people 20 --target http://127.0.0.1:33000/webhook --rest-listen 127.0.0.1:33100 --status-listen 127.0.0.1:33101 --websocket-listen 127.0.0.1:33102) >"$root/emulator.log" 2>&1 &
pids+=($!)
healthy emulator 127.0.0.1:33101/
kill "${pids[@]}"
wait "${pids[@]}" || true
pids=()
echo "verified: $(du -h "$bin/earshot" | cut -f1) earshot, $(du -h "$bin/earshot-receiver" | cut -f1) earshot-receiver"
