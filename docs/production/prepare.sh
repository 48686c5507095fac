#!/bin/sh
# Make the secrets of an installation, once. What is there already is kept, so it may be run again at any time.
#
#   sudo docs/production/prepare.sh [FOLDER]      the default is /etc/hoert
#
# Only the one user who needs a file can read it: 10001 is Hørt in its image, 999 is PostgreSQL in its image.
set -eu
umask 077
folder=${1:-/etc/hoert}
secrets=$folder/secrets
mkdir -p "$secrets" "$folder/tls"

# Letters and digits from the system's random source; $1 is how many.
letters() { openssl rand -base64 192 | tr -dc 'A-Za-z0-9' | cut -c "1-$1"; }
digits() { openssl rand -hex 96 | tr -dc '1-9' | cut -c "1-$1"; }

# keep NAME USER: what comes in becomes the secret, unless there is one.
keep() {
  if [ -e "$secrets/$1" ]; then cat >/dev/null; else cat >"$secrets/$1"; fi
  chmod 0400 "$secrets/$1"
  [ "$(id -u)" != 0 ] || chown "$2:$2" "$secrets/$1"
}

openssl rand -base64 32 | tr '+/' '-_' | tr -d '=' | keep master_key 10001
letters 64 | keep webhook_secret 10001
echo "$(digits 10):$(letters 35)" | keep webchat_token 10001
# Telegram's own token comes from @BotFather. Empty means: the web chat is the only channel.
printf '' | keep telegram_token 10001

letters 40 | keep database_superuser_password 999
letters 40 | keep database_owner_password 999
letters 40 | keep database_app_password 999
# The same passwords as libpq reads them. Whoever owns the tables may also come in as the product; not the other way.
line() { echo "postgres:5432:hoert:hoert_$1:$(cat "$secrets/database_$1_password")"; }
line app | keep database_app 10001
{ line owner && line app; } | keep database_owner 10001

# PostgreSQL's certificate, known to nobody but Hørt, for the name it has on the network of the containers.
if [ ! -e "$secrets/database_key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 -subj /CN=postgres \
    -addext subjectAltName=DNS:postgres -keyout "$secrets/database_key" -out "$secrets/database_certificate" 2>/dev/null
fi
keep database_key 999 </dev/null
keep database_certificate 999 </dev/null
# This one is no secret; both sides read it.
chmod 0444 "$secrets/database_certificate"

echo "The secrets are in $secrets. Keep a copy of master_key away from this server: without it no backup can be read."
