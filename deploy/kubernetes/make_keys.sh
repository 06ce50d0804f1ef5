#!/bin/sh
# Prints the Secrets with each process's keys, and all of them for the tools, made in FOLDER where they are missing:
#     sh deploy/kubernetes/make_keys.sh FOLDER | kubectl apply -f -
# Keep FOLDER where backups of secrets are kept: without its keys nobody is signed in, and sealed fields stay sealed.
# Needs `headend` and `kubectl` (PATH); speaks to no cluster.
set -eu
folder=${1:?usage: make_keys.sh FOLDER}
given=$(mktemp -d)
trap 'rm -rf "$given"' EXIT

HEADEND_KEYS=$folder headend keys --give "$given" >&2

# PROCESS FOLDER: a Secret with the keys in the folder.
secret() {
    kubectl create secret generic "$1-keys" --namespace headend --from-file "$2" --dry-run=client --output yaml
    echo ---
}

for process in "$given"/*; do
    secret "$(basename "$process")" "$process"
done
secret tools "$folder"
