"""What several commands are held against."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.integration.official_files import ROOT

SCORER = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "tools/score_series.py"


@pytest.fixture
def scorer() -> ModuleType:
    """The reference scorer of series, where it is beside the clone."""
    pytest.importorskip("polars")
    if not SCORER.is_file():
        pytest.skip(f"the reference scorer is not there: {SCORER.name}")
    spec = importlib.util.spec_from_file_location("score_series", SCORER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks its module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
