#!/usr/bin/env bash
# Install the Debian packages that are missing: what the service needs, and those named as arguments.
set -euo pipefail

is_missing() { ! command -v "$1" >/dev/null; }

node_is_old() { [ "$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')" -lt 18 ] 2>/dev/null; }

missing_packages() {
    [ -n "${PRIORITIES_DATABASE_URL:-}" ] ||
        compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null || echo postgresql-15-postgis-3
    if is_missing node || node_is_old; then echo nodejs; fi
    if is_missing npm; then echo npm; fi
    [ -x .venv/bin/python ] || python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    # Pango lays out the posters' text.
    for package in libpangoft2-1.0-0 libharfbuzz-subset0 "$@"; do
        [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

install() {
    # Debian makes and starts a cluster of its own with a new server; ours is private, so a first server gets none.
    local no_cluster=/etc/postgresql-common/createcluster.d/priorities.conf
    if [ ! -d /usr/lib/postgresql ]; then
        trap '"${as_root[@]}" rm -f '"$no_cluster" EXIT
        "${as_root[@]}" mkdir -p "${no_cluster%/*}"
        echo 'create_main_cluster = false' | "${as_root[@]}" tee "$no_cluster" >/dev/null
    fi
    # A third party's broken package source is no reason to stop: the installation says what is really missing.
    "${as_root[@]}" apt-get update --quiet || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

mapfile -t packages < <(missing_packages "$@")
[ ${#packages[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
        echo "These Debian packages are missing, and only root can install them. Run this, then try again:" >&2
        echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 1
    fi
fi

echo "Installing Debian packages (a minute or so): ${packages[*]}"
log=$(mktemp)
if ! install "${packages[@]}" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "The Debian packages could not be installed: the lines above say why, all of them are in $log." >&2
    exit 1
fi
rm "$log"
