#!/bin/sh
# Run once by the image of PostgreSQL, when its folder is new: the login of the service, which may do what the role
# `exchange_app` may (steps 0006 of the schema), and so neither change nor delete what was appended.
set -eu
: "${SERVICE_PASSWORD:?}"
# The password comes from the environment: everybody on the machine may read the arguments of a process.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password SERVICE_PASSWORD
SELECT 'CREATE ROLE exchange_app NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'exchange_app') \gexec
CREATE ROLE exchange_service LOGIN PASSWORD :'password' IN ROLE exchange_app;
SQL
