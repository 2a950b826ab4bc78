#!/bin/sh
# The browser tests need Debian's Chromium: installs it when it is missing and this is root, else says how.
set -eu
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "-- installing Debian's chromium for the browser tests (once)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends chromium >/dev/null 2>&1 ||
        { apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends chromium >/dev/null; }
else
    echo "the browser tests need chromium: sudo apt-get install chromium" >&2
    exit 1
fi
