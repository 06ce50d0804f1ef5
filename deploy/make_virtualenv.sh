#!/bin/sh
# Makes .venv from uv.lock, or says in one sentence what this machine lacks. Called by `make`; needs nothing but python3.
set -eu
uv_version=$1

say() { printf '\n%s\n\n' "$*" >&2; }

fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$fits" >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    if command -v "${PYTHON:-python3}" >/dev/null 2>&1; then
        say "Headend needs Python 3.11, 3.12 or 3.13; ${PYTHON:-python3} here is $("${PYTHON:-python3}" --version 2>&1). Install one of these, or name it: make PYTHON=/path/to/python3.12"
    else
        say "Headend needs Python 3.11, 3.12 or 3.13, and there is no ${PYTHON:-python3} here. On Debian or Ubuntu: apt-get install python3 python3-venv"
    fi
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    say "$python has no venv module. On Debian or Ubuntu: apt-get install python3-venv"
    exit 1
fi
# A virtualenv that was interrupted, or whose Python has gone since, is made anew.
if ! .venv/bin/python -c "$fits" >/dev/null 2>&1 || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv || { say "Could not make the folder .venv here; is this folder writable and is there space left?"; exit 1; }
fi
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"; then
    say "Could not fetch uv $uv_version from the Python package index. Check the network or pip's proxy settings, then run make again."
    exit 1
fi
# --inexact leaves pip and uv, which the lock does not name, where they are.
if ! UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never .venv/bin/uv sync --quiet --frozen --all-extras --inexact --python .venv/bin/python; then
    say "Could not install what uv.lock names; the lines above say why. Check the network, then run make again."
    exit 1
fi
: > .venv/ready
