#!/bin/sh
# Prints the Secrets with each process's keys, made in FOLDER where they are missing:
#     sh deploy/kubernetes/make_keys.sh FOLDER | kubectl apply -f -
# Keep FOLDER where backups of secrets are kept: without its keys nobody is signed in, and sealed fields stay sealed.
# Needs `headend` and `kubectl` (PATH); speaks to no cluster.
set -eu
folder=${1:?usage: make_keys.sh FOLDER}

HEADEND_KEYS=$folder headend keys >&2
cookies=$folder/gateway-cookies.key
[ -e "$cookies" ] || (umask 077 && head -c 48 /dev/urandom | base64 | tr -d '\n' >"$cookies")

public=''
for key in customers billing notify reports; do public="$public --from-file=$folder/$key.pub"; done

give() {
    process=$1
    shift
    files=''
    for name in "$@"; do files="$files --from-file=$folder/$name"; done
    # shellcheck disable=SC2086 # one argument for each file
    kubectl create secret generic "$process-keys" --namespace headend $public $files --dry-run=client --output yaml
    echo ---
}

give customers customers.key sealing.key
give billing billing.key simulated-provider.key
give notify notify.key sealing.key
give reports reports.key
give gateway gateway-cookies.key simulated-provider.key
