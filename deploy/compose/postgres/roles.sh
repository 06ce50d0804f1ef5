#!/bin/bash
# A role and a database for each service, and none may open another's. Run again, it brings passwords up to date.
set -euo pipefail
PGPASSWORD=$(cat /run/secrets/postgres_password)
export PGPASSWORD PGHOST=postgres PGUSER=postgres PGDATABASE=postgres
for service in customers billing notify reports; do
    export SERVICE=$service
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file "$(dirname "$0")/role.sql"
    echo "$service has a role and a database of its own."
done
