"""Two demo regions, made once: a tiny one, and one large and long enough for shares."""

from datetime import date

import numpy as np
import pytest

from vigie.demoregion import DemoRegion, Extent, generate_region


@pytest.fixture(scope="session")
def tiny_region() -> DemoRegion:
    extent = Extent(hospital_count=3, days=60, end_date=date(2020, 11, 8))
    return generate_region(np.random.default_rng(20200301), extent)


@pytest.fixture(scope="session")
def wide_region() -> DemoRegion:
    extent = Extent(hospital_count=24, days=420, end_date=date(2020, 11, 8))
    return generate_region(np.random.default_rng(20200301), extent)
