#!/usr/bin/env bash
# Succeeds when http://$EARSHOT_HEALTH answers 200. The image has no HTTP client, and needs none for that.
set -euo pipefail
address=${EARSHOT_HEALTH:-127.0.0.1:8080/readyz}
host=${address%%/*}
exec 3<>"/dev/tcp/${host%:*}/${host##*:}"
printf 'GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n' "${address#*/}" "$host" >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
