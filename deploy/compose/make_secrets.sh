#!/bin/sh
# Makes the secrets of an installation that are missing in a folder: sh deploy/compose/make_secrets.sh FOLDER
# The folder is closed to others; the files in it are not, as each container's own user reads those it is given.
set -eu
folder=${1:?give a folder: sh deploy/compose/make_secrets.sh FOLDER}
mkdir -p "$folder"
chmod 700 "$folder"
for name in postgres_password admin_password grafana_password \
    customers_database_password billing_database_password notify_database_password reports_database_password \
    customers_amqp_password billing_amqp_password notify_amqp_password reports_amqp_password gateway_amqp_password \
    tools_amqp_password; do
    [ -s "$folder/$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$name"
done
[ -e "$folder/smtp_password" ] || : >"$folder/smtp_password"
chmod 644 "$folder"/*_password
echo "Secrets are in $folder. The administrator's first password is in $folder/admin_password;"
echo "write the mail server's password into $folder/smtp_password if it asks for one."
