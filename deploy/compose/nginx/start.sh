#!/bin/sh
# nginx cannot read its environment; the one address that it needs is written into its configuration here.
set -eu
sed "s|@PUBLIC_URL@|${HEADEND_PUBLIC_URL%/}|" /headend/nginx.conf >/tmp/nginx.conf
exec nginx -e stderr -c /tmp/nginx.conf -g 'daemon off;'
