#!/bin/sh
# Prints the Secrets of the bus: RabbitMQ's definitions, and each user's address with its password, which is made in
# FOLDER where it is missing:
#     sh deploy/kubernetes/make_broker.sh FOLDER [ADDRESS] | kubectl apply -f -
# ADDRESS: of a RabbitMQ elsewhere, such as amqps://bus.example.com:5671.
# Needs `headend` and `kubectl` (PATH); speaks to no cluster.
set -eu
folder=${1:?usage: make_broker.sh FOLDER [ADDRESS]}
address=${2:-amqp://rabbitmq.headend.svc:5672}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# NAME KEY: a Secret with the file KEY of what was made.
secret() {
    kubectl create secret generic "$1" --namespace headend --from-file "$made/$2" --dry-run=client --output yaml
    echo ---
}

headend broker "$made/definitions.json" --secrets "$folder" --make-missing >&2
for file in "$folder"/*_amqp_password; do
    case $(cat "$file") in
    '' | *[!A-Za-z0-9._~-]*)
        echo "The password in $file does not fit into an address: use letters and digits, or remove the file." >&2
        exit 1
        ;;
    esac
done
secret rabbitmq-definitions definitions.json
for file in "$folder"/*_amqp_password; do
    user=$(basename "$file" _amqp_password)
    login=$user:$(cat "$file")
    printf '%s://%s@%s/headend' "${address%%://*}" "$login" "${address#*://}" >"$made/amqp-uri"
    secret "$user-bus" amqp-uri
done
