"""Whether compiled code of the engine is kept, as the files of the machine say it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vigie.actions.rooms.readying import is_engine_kept
from vigie.epidemiology.renewal import ready_engine

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")


def test_a_compiled_engine_is_kept() -> None:
    ready_engine()
    assert is_engine_kept()


def test_where_nothing_is_kept_it_says_so(tmp_path: Path) -> None:
    code = "from vigie.actions.rooms.readying import is_engine_kept; print(is_engine_kept())"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
