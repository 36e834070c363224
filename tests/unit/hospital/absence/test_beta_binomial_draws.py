"""Beta-binomial draws from a table, against the law written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from vigie.hospital.absence import beta_binomial_table


@settings(deadline=None, max_examples=40)
@given(
    count=st.integers(0, 25),
    logit=st.floats(-5, 1),
    dispersion=st.floats(0.001, 0.3),
)
def test_draws_have_the_law_of_staff_who_fall_ill_together(
    count: int, logit: float, dispersion: float
) -> None:
    table = beta_binomial_table(25, dispersion)

    drawn = table.draw(
        np.random.default_rng(1), np.array(count), np.full(40_000, logit, np.float32)
    )

    share = 1 / (1 + np.exp(-logit))
    together = (1 - dispersion) / dispersion
    law = betabinom(count, share * together, (1 - share) * together)
    assert drawn.mean() == pytest.approx(count * share, abs=0.02 * count + 0.03)
    seen = np.bincount(drawn.astype(int), minlength=count + 1) / len(drawn)
    assert np.abs(seen.cumsum() - law.cdf(np.arange(count + 1))).max() < 0.02


@settings(deadline=None, max_examples=15)
@given(most=st.integers(1, 20), dispersion=st.floats(0, 0.5))
def test_one_more_on_the_roster_brings_none_or_one_more_absence(
    most: int, dispersion: float
) -> None:
    quantiles = beta_binomial_table(most, dispersion).quantiles

    steps = np.diff(quantiles, axis=0)
    assert steps.min() >= 0
    assert steps.max() <= 1
    assert (quantiles <= np.arange(most + 1)[:, None, None]).all()


def test_very_large_rosters_keep_mean_and_spread_of_their_law() -> None:
    table, rng = beta_binomial_table(600, 0.02), np.random.default_rng(2)

    drawn = table.draw(rng, np.array(600), np.full(50_000, -2.0, np.float32))

    share, together = 1 / (1 + np.exp(2.0)), 49.0
    law = betabinom(600, share * together, (1 - share) * together)
    assert drawn.mean() == pytest.approx(law.mean(), rel=0.02)
    assert drawn.std() == pytest.approx(law.std(), rel=0.1)
    assert (drawn == np.round(drawn)).all()


@pytest.mark.parametrize(("most", "dispersion"), [(-1, 0.1), (5, 1.0), (5, -0.1)])
def test_an_impossible_law_is_refused(most: int, dispersion: float) -> None:
    with pytest.raises(ValueError, match="not a law"):
        beta_binomial_table(most, dispersion)
