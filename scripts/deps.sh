#!/usr/bin/env bash
# Installs what the tests need from the system where it may, and says what is
# missing where it may not. With DIALTONE_REQUIRE=all a missing program is an error.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

status=0
sh scripts/judges || {
  echo "missing: EventStoreDB's clients or Twilio's description for Node (npm); the tests that need them will be skipped"
  status=1
}
finish() {
  if [ "${DIALTONE_REQUIRE:-}" = all ]; then exit $status; fi
  exit 0
}

declare -A packages=([sipp]=sip-tester [chromium]=chromium [initdb]=postgresql [strace]=strace [zbarimg]=zbar-tools)

# Debian keeps PostgreSQL's server programs apart from the path.
present() {
  command -v "$1" >/dev/null 2>&1 || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing=()
for program in "${!packages[@]}"; do
  present "$program" || missing+=("${packages[$program]}")
done
[ ${#missing[@]} -eq 0 ] && finish

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi

install() {
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The tests start servers of their own: a PostgreSQL installed for them comes
# without the database server that Debian would run.
without_server() {
  install postgresql-common &&
    "${as_root[@]}" sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
}

if command -v apt-get >/dev/null 2>&1 && "${as_root[@]}" true 2>/dev/null; then
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq && { present initdb || without_server; } && install "${missing[@]}"
fi

for program in "${!packages[@]}"; do
  if ! present "$program"; then
    echo "missing: $program (Debian package ${packages[$program]}); the tests that need it will be skipped"
    status=1
  fi
done
finish
