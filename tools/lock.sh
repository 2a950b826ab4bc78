#!/bin/sh
# Writes the lock files (names, versions, hashes; no addresses): lock.sh PATH_TO_UV
set -eu
uv=$1
compile() { "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url "$@"; }
echo uv | compile - -o requirements-setup.lock
echo pip-audit | compile - -o requirements-audit.lock
compile pyproject.toml --extra dev -o requirements.lock
printf '%s\n' micropython-esp32-esp32-generic-stubs==1.29.0.post1 micropython-stdlib-stubs==1.29.0.post2 |
    compile - -o requirements-typings.lock
