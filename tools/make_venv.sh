#!/bin/sh
# Makes a virtual environment with pip: make_venv.sh PYTHON FOLDER
# Debian splits venv out of python3; as root the missing package is installed, otherwise the message says how.
set -eu
python=$1 folder=$2
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or newer is needed, as '$python' (or name another: make PYTHON=/path/to/python3 ...)" >&2
    exit 1
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "-- installing Debian's python3-venv"
        apt-get install -y -q python3-venv >/dev/null || { apt-get update -q >/dev/null && apt-get install -y -q python3-venv >/dev/null; }
    else
        echo "Python's venv module is missing: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
if [ -L "$folder" ]; then
    # --clear would empty what it leads to: somebody else's environment.
    echo "$folder is a link to $(readlink "$folder"): remove the link, or set that environment up where it is" >&2
    exit 1
fi
"$python" -m venv --clear "$folder"
