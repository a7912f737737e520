#!/usr/bin/env bash
# Install the programs that some tests drive: PostgreSQL, Chromium, LibreOffice Calc, a Chinese font.
# As root on Debian or Ubuntu what is missing is installed by apt; otherwise the line to run is printed and the
# tests that need it skip with the same line.
set -euo pipefail

missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    missing+=(chromium)
command -v soffice >/dev/null || missing+=(libreoffice-calc)
compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -gt 0 ] || exit 0

line="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Some tests will skip. To run them: sudo $line" >&2
    exit 0
fi
echo "$line" >&2
apt-get update -qq >&2
DEBIAN_FRONTEND=noninteractive $line >&2 || echo "Some tests will skip: $line failed" >&2
