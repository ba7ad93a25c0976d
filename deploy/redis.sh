#!/bin/sh
# Redis with a password, out of the environment and handed over by standard input: everybody on the machine may read the
# arguments of a process. The image's own entry point, called again, gives up the rights of root.
set -eu
: "${REDISCLI_AUTH:?}"
quoted=$(printf '%s' "$REDISCLI_AUTH" | sed 's/["\\]/\\&/g')
exec docker-entrypoint.sh redis-server - <<CONFIGURATION
appendonly yes
port ${REDIS_PORT:-6379}
requirepass "$quoted"
CONFIGURATION
