#!/usr/bin/env bash
# Installs what the tests need from the system where it may, and says what is
# missing where it may not. With DIALTONE_REQUIRE=all a missing program is an error.
set -uo pipefail

declare -A packages=([sipp]=sip-tester [chromium]=chromium)
missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null 2>&1 || missing+=("${packages[$program]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
if command -v apt-get >/dev/null 2>&1 && "${as_root[@]}" true 2>/dev/null; then
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

status=0
for program in "${!packages[@]}"; do
  if ! command -v "$program" >/dev/null 2>&1; then
    echo "missing: $program (Debian package ${packages[$program]}); the tests that need it will be skipped"
    status=1
  fi
done
if [ "${DIALTONE_REQUIRE:-}" = all ]; then exit $status; fi
exit 0
