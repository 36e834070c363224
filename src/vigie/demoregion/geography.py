"""Where the demo region lies: an invented nation, its regions and its hospital sites.

The names are put together from syllables and mean no real place; the coordinates lie in the
Atlantic Ocean, so that nobody mistakes the map.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

__all__ = ["Geography", "Region", "Site", "Tier", "build_geography", "distances_km", "road_km"]

FloatArray = npt.NDArray[np.float64]

NATION = ("valmerie", "Valmérie")
REGION_NAMES = (
    "Haute-Valmère",
    "Plaine d'Orsane",
    "Côte d'Ambrène",
    "Monts de Lirane",
    "Landes de Torvel",
    "Rives de Sérune",
)
FRONTS = (
    "Val",
    "Roche",
    "Aigue",
    "Bois",
    "Font",
    "Haute",
    "Pierre",
    "Belle",
    "Noire",
    "Claire",
    "Grand",
    "Sable",
    "Brume",
    "Chante",
    "Ourse",
    "Perle",
    "Vieille",
    "Tour",
    "Étang",
    "Gué",
)
BACKS = (
    "ombre",
    "lune",
    "rive",
    "oriel",
    "auvrenne",
    "esmont",
    "vaure",
    "ivoire",
    "ardelle",
    "mirole",
    "tessan",
    "quelune",
    "fauvel",
    "sorgane",
    "liane",
    "bréance",
    "combelle",
    "dorvane",
    "néris",
    "valou",
)
BEDS_PER_PERSON = 2.9e-3
LARGEST_COUNT = len(FRONTS) * len(BACKS)


class Tier(IntEnum):
    """How much a site can treat."""

    LOCAL = 0
    GENERAL = 1
    UNIVERSITY = 2


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the nation.

    Attributes:
        key: key in the table of places.
        name: as people say it.
        latitude: of its middle, degrees.
        longitude: of its middle, degrees.
    """

    key: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Site:
    """A hospital site.

    Attributes:
        key: key in the table of places.
        name: as people say it; the situation report names sites in this way.
        region: index of its region.
        tier: how much it can treat.
        beds: beds of all ward kinds, without those opened in a surge.
        latitude: degrees.
        longitude: degrees.
        registry_number: how the bed registry names it.
        store_code: how the stock software names it.
    """

    key: str
    name: str
    region: int
    tier: Tier
    beds: int
    latitude: float
    longitude: float
    registry_number: str
    store_code: str


@dataclass(frozen=True, slots=True)
class Geography:
    """The nation with its regions and sites, in the order of every array of the demo region."""

    nation_key: str
    nation_name: str
    regions: tuple[Region, ...]
    sites: tuple[Site, ...]

    @property
    def region_of_site(self) -> npt.NDArray[np.int64]:
        """(sites,), index of the region of each site."""
        return np.array([site.region for site in self.sites], dtype=np.int64)

    @property
    def beds(self) -> FloatArray:
        """(sites,), beds of each site."""
        return np.array([site.beds for site in self.sites], dtype=np.float64)

    @property
    def populations(self) -> FloatArray:
        """(regions,), people of each region, from the beds of its sites."""
        beds = np.bincount(self.region_of_site, weights=self.beds, minlength=len(self.regions))
        return np.asarray(np.round(beds / BEDS_PER_PERSON, -3), dtype=np.float64)


def build_geography(rng: np.random.Generator, hospital_count: int) -> Geography:
    """Invent a nation.

    Args:
        rng: source of chance.
        hospital_count: sites, 1 to 400; six regions from 18 sites on, fewer below.

    Raises:
        ValueError: hospital_count is outside 1 to 400.
    """
    if not 1 <= hospital_count <= LARGEST_COUNT:
        raise ValueError(f"hospital_count is {hospital_count}; use 1 to {LARGEST_COUNT}.")
    regions = _regions(max(1, min(len(REGION_NAMES), hospital_count // 3)))
    names = rng.permutation([_joined(front, back) for front in FRONTS for back in BACKS])
    names = names[:hospital_count]
    sites = tuple(
        _site(rng, number, str(name), number % len(regions), regions)
        for number, name in enumerate(names)
    )
    return Geography(*NATION, regions, sites)


def distances_km(geography: Geography) -> FloatArray:
    """Road distance between sites, 1.3 times the great circle.

    Returns:
        (sites, sites), km, 0 on the diagonal.
    """
    points = [(site.latitude, site.longitude) for site in geography.sites]
    return road_km(points, points)


def road_km(start: Sequence[tuple[float, float]], end: Sequence[tuple[float, float]]) -> FloatArray:
    """(start, end), km by road between points of latitude and longitude, in degrees."""
    (from_north, from_east), (north, east) = (
        np.radians(np.array(points, dtype=np.float64)).T for points in (start, end)
    )
    half_north = np.sin((from_north[:, None] - north[None, :]) / 2)
    half_east = np.sin((from_east[:, None] - east[None, :]) / 2)
    chord = half_north**2 + np.cos(from_north)[:, None] * np.cos(north)[None, :] * half_east**2
    return np.asarray(1.3 * 2 * 6371.0 * np.arcsin(np.sqrt(chord)), dtype=np.float64)


def _regions(count: int) -> tuple[Region, ...]:
    middles = [(45.6 + 1.5 * (i % 2), -16.5 + 2.1 * (i // 2)) for i in range(count)]
    return tuple(
        Region(_key(name), name, latitude, longitude)
        for name, (latitude, longitude) in zip(REGION_NAMES, middles, strict=False)
    )


def _site(
    rng: np.random.Generator, number: int, name: str, region: int, regions: tuple[Region, ...]
) -> Site:
    rank = number // len(regions)
    tier = Tier.UNIVERSITY if rank == 0 else Tier.GENERAL if rank % 5 < 3 else Tier.LOCAL
    middle = {Tier.UNIVERSITY: 780, Tier.GENERAL: 270, Tier.LOCAL: 95}[tier]
    distance = 0.15 if tier is Tier.UNIVERSITY else 0.85
    north, east = rng.normal(0.0, 0.45 * distance, size=2)
    return Site(
        key=_key(name),
        name=name,
        region=region,
        tier=tier,
        beds=round(middle * math.exp(rng.normal(0.0, 0.22))),
        latitude=round(regions[region].latitude + float(north), 4),
        longitude=round(regions[region].longitude + 1.4 * float(east), 4),
        registry_number=f"{990000000 + 137 * (number + 1)}",
        store_code=f"M{number + 1:03d}",
    )


def _joined(front: str, back: str) -> str:
    return (front[:-1] if front[-1] == "e" and back[0] in "aeiou" else front) + back


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return plain.lower().replace("'", "-").replace(" ", "-")
