"""Contrast, and distance under simulated colour-blind vision, as numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vigie.charts import CHANCE_FILLS, css_variables
from vigie.charts import palette as colours

# Machado, Oliveira and Fernandes 2009, complete loss of one kind of cone; linear RGB.
VISION = {
    "usual": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, vision: str = "usual") -> np.ndarray:
    seen = np.clip(VISION[vision] @ linear(colour), 0, 1)
    share = (TO_XYZ @ seen) / WHITE
    f = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_text_reads_on_both_grounds():
    for ground in (colours.GROUND, colours.GROUND_SOFT):
        assert contrast(colours.INK, ground) >= 7
        assert contrast(colours.ACCENT, ground) >= 4.5
        for state, colour in colours.STATUS.items():
            assert contrast(colour, ground) >= 4.5, state


def test_every_number_reads_on_its_step():
    for fill, ink in (*CHANCE_FILLS, *colours.SHARE_FILLS):
        assert contrast(fill, ink) >= 4.5, fill


def test_graphics_stand_out_from_the_ground():
    for colour in (colours.FORECAST, colours.SCENARIO, colours.CAPACITY, colours.REPORTED):
        assert contrast(colour, colours.GROUND) >= 3


@pytest.mark.parametrize("vision", VISION)
def test_neighbouring_steps_stay_apart_for_every_eye(vision: str):
    for steps in (CHANCE_FILLS, colours.SHARE_FILLS):
        for (one, _), (other, _) in itertools.pairwise(steps):
            distance = float(np.linalg.norm(lab(one, vision) - lab(other, vision)))
            assert distance >= 15, (one, other, distance)


def test_lightness_falls_so_that_grey_print_keeps_the_order():
    light = [float(lab(fill)[0]) for fill, _ in CHANCE_FILLS]
    assert [round(each) for each in light] == [100, 92, 77, 55, 30]
    known = [round(float(lab(fill)[0])) for fill, _ in colours.SHARE_FILLS]
    assert known == [98, 86, 74, 49, 25]


def test_the_style_sheet_takes_only_the_accent_from_the_network():
    own, theirs = css_variables(), css_variables("#123456")
    assert own.replace(colours.ACCENT, "#123456") == theirs
