#!/bin/sh
# Makes the secrets that compose.yaml mounts, in ./secrets, and leaves alone what is there. The key of the Copper account is
# read from the terminal (or from standard input), so that it is in no shell history. A name may be given for the
# certificate of a trial: deploy/compose/make-secrets.sh tickets.example.com
set -eu
cd "$(dirname "$0")/../.."
host=${1:-localhost}

# Containers read the files under users of their own, which Compose cannot change: the folder is what keeps others out.
mkdir -p secrets
chmod 700 secrets
umask 022

random() {
  openssl rand -hex 32
}

[ -s secrets/secret_key ] || random > secrets/secret_key
[ -s secrets/database_password ] || random > secrets/database_password
[ -s secrets/database_url ] ||
  printf 'postgres://tickets:%s@database:5432/tickets\n' "$(cat secrets/database_password)" > secrets/database_url
if [ ! -s secrets/copper_api_key ]; then
  if [ -t 0 ]; then
    printf 'Secret key of the Copper account (it is not shown): ' >&2
    stty -echo
    trap 'stty echo' EXIT
  fi
  read -r key || true # what was piped may have no line end
  [ -n "$key" ] || { echo "No key given: nothing was kept for copper_api_key." >&2; exit 1; }
  printf '%s\n' "$key" > secrets/copper_api_key
fi
if [ ! -s secrets/tls_certificate ] || [ ! -s secrets/tls_key ]; then
  # For a trial: browsers warn of it. Replace both files with those of your own certificate authority.
  openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
    -keyout secrets/tls_key -out secrets/tls_certificate 2>/dev/null
  chmod 644 secrets/tls_key
fi
echo "secrets/ holds: $(cd secrets && echo *)" >&2
