#!/bin/sh
# Prints the first Python of 3.11 or newer that can make an environment; PYTHON=... comes first.
# Says what to install when there is none.

works() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if ! works "$PYTHON"; then
        echo "PYTHON=$PYTHON is no Python 3.11 or newer. Name another one, or leave PYTHON out." >&2
        exit 1
    fi
    candidates_are_named=1
    set -- "$PYTHON"
else
    candidates_are_named=0
    set -- python3.13 python3.12 python3.11 python3.14 python3 python
fi

without_venv=""
for candidate in "$@"; do
    works "$candidate" || continue
    if can_make_environments "$candidate"; then
        echo "$candidate"
        exit 0
    fi
    [ -n "$without_venv" ] || without_venv="$candidate"
done

if [ -n "$without_venv" ]; then
    version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$without_venv (Python $version) cannot make environments: its venv module is missing." >&2
    echo "On Debian or Ubuntu:  sudo apt install python$version-venv   (or python3-venv)" >&2
    [ "$candidates_are_named" = 1 ] || echo "Or name another one:  make install PYTHON=/path/to/python3" >&2
    exit 1
fi

echo "Vigie needs Python 3.11 or newer, and none was found." >&2
echo "On Debian 12 or Ubuntu 24.04:  sudo apt install python3 python3-venv" >&2
echo "On Fedora:                     sudo dnf install python3" >&2
echo "On macOS:                      brew install python@3.12" >&2
echo "Elsewhere, name it:            make install PYTHON=/path/to/python3" >&2
exit 1
