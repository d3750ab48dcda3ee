#!/bin/bash
# Runs once in a new PostgreSQL container: makes the platform's roles and schemas, and gives each
# role the password from its secret file. It runs as the image's user postgres (999), who has to be
# able to read postgres.password and the roles' passwords: docker-compose.yml says how.
set -euo pipefail
psql=(psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB")
PGPASSWORD=$(</run/secrets/postgres.password)
export PGPASSWORD

sed 's/^--;;$/;/' /r1/roles.sql | "${psql[@]}"
for role in api api_owner inference inference_owner billing billing_owner; do
  # the password is read by psql from its standard input: it is in no argument list
  printf "\\\\set password '%s'\nalter role \"r1_%s\" password :'password';\n" \
    "$(<"/run/secrets/$role.password")" "$role" | "${psql[@]}"
done
