#!/bin/sh
# The QR codes are read back by Debian's zbar: installs it when it is missing and this is root, else says how.
set -eu
ldconfig -p 2>/dev/null | grep -q 'libzbar\.so\.0' && exit 0
/sbin/ldconfig -p 2>/dev/null | grep -q 'libzbar\.so\.0' && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "-- installing Debian's libzbar0 for the tests of QR codes (once)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends libzbar0 >/dev/null 2>&1 ||
        { apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends libzbar0 >/dev/null; }
else
    echo "the tests of QR codes need zbar: sudo apt-get install libzbar0" >&2
    exit 1
fi
