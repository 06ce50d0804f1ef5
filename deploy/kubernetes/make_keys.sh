#!/bin/sh
# Prints the Secrets with each process's keys, made in FOLDER where they are missing:
#     sh deploy/kubernetes/make_keys.sh FOLDER | kubectl apply -f -
# Keep FOLDER where backups of secrets are kept: without its keys nobody is signed in, and sealed fields stay sealed.
# Needs `headend` and `kubectl` (PATH); speaks to no cluster.
set -eu
folder=${1:?usage: make_keys.sh FOLDER}
given=$(mktemp -d)
trap 'rm -rf "$given"' EXIT

HEADEND_KEYS=$folder headend keys --give "$given" >&2
for process in "$given"/*; do
    kubectl create secret generic "$(basename "$process")-keys" --namespace headend --from-file "$process" \
        --dry-run=client --output yaml
    echo ---
done
