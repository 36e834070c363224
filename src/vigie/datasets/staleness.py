"""What must be built again and why: fingerprints of code, inputs and engine, compared.

A fingerprint covers everything that the rows depend on, through all datasets above, so a
dataset is stale exactly when something above it or it itself changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from vigie.datasets.declaration import Dataset
from vigie.datasets.graph import Graph

__all__ = ["Built", "Plan", "Step", "plan_rebuild"]

_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Built:
    """What a dataset was built from: kept with its rows and compared the next time.

    Attributes:
        dataset: name.
        code_sha256: hash of its code.
        engine_version: engine and version that ran it.
        inputs: fingerprint of each input by name, sorted by name.
    """

    dataset: str
    code_sha256: str
    engine_version: str
    inputs: tuple[tuple[str, str], ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all of the above."""
        lines = [self.code_sha256, self.engine_version]
        lines += [f"{name}={value}" for name, value in self.inputs]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One dataset of a plan.

    Attributes:
        dataset: name.
        is_stale: it must be built again.
        reasons: why, one phrase each; empty when it is not stale.
        downstream: all datasets that read it, directly or through others, sorted.
        built: what to keep with the rows once they are built.
    """

    dataset: str
    is_stale: bool
    reasons: tuple[str, ...]
    downstream: tuple[str, ...]
    built: Built


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would build again.

    Attributes:
        steps: every dataset, each after what it reads.
        measures: measures that change: made by stale datasets, or changed inputs of theirs.
        shortages: shortages declared on one of these measures.
        dropped: datasets that were built once and are declared no more.
    """

    steps: tuple[Step, ...]
    measures: tuple[str, ...]
    shortages: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def stale(self) -> tuple[str, ...]:
        """Names of the datasets to build, in order."""
        return tuple(step.dataset for step in self.steps if step.is_stale)


def plan_rebuild(
    graph: Graph,
    sources: Mapping[str, str],
    built: Mapping[str, Built],
    *,
    engine_version: str,
    measures: Collection[str] = (),
    shortages: Mapping[str, Collection[str]] | None = None,
) -> Plan:
    """Compare what the datasets would be built from with what they were built from.

    Args:
        graph: the datasets.
        sources: fingerprint of each relation that no dataset makes (hash of a reference file,
            of a measure's data files, the day for ``as_of``); one left out counts as empty.
        built: record of the last build, by dataset.
        engine_version: engine and version that would run them.
        measures: keys of the measures, to tell them among the inputs.
        shortages: measures on which each shortage is declared.
    """
    fingerprints = dict(sources)
    steps: list[Step] = []
    changed: set[str] = set()
    for dataset in graph.datasets:
        now = _would_be(graph, dataset, fingerprints, engine_version)
        before = built.get(dataset.name)
        fingerprints[dataset.name] = now.fingerprint
        reasons = tuple(_reasons(graph, now, before))
        downstream = tuple(sorted(graph.downstream([dataset.name])))
        steps.append(Step(dataset.name, bool(reasons), reasons, downstream, now))
        if reasons:
            changed |= {dataset.measure or dataset.name, *_changed_inputs(now, before)}
    touched = changed & {*measures, *(each.measure for each in graph.datasets if each.measure)}
    declared = shortages or {}
    return Plan(
        steps=tuple(steps),
        measures=tuple(sorted(touched)),
        shortages=tuple(sorted(name for name in declared if touched & set(declared[name]))),
        dropped=tuple(sorted(set(built) - {each.name for each in graph.datasets})),
    )


def _would_be(
    graph: Graph, dataset: Dataset, fingerprints: Mapping[str, str], engine_version: str
) -> Built:
    inputs = tuple(
        (name, fingerprints.get(graph.maker(name) or name, _ABSENT)) for name in dataset.inputs
    )
    return Built(dataset.name, dataset.code_sha256, engine_version, inputs)


def _changed_inputs(now: Built, before: Built | None) -> tuple[str, ...]:
    known = dict(before.inputs) if before is not None else {}
    return tuple(name for name, value in now.inputs if name in known and known[name] != value)


def _reasons(graph: Graph, now: Built, before: Built | None) -> Iterator[str]:
    if before is None:
        yield "never built"
        return
    if before.code_sha256 != now.code_sha256:
        yield "its code changed"
    if before.engine_version != now.engine_version:
        yield f"the engine changed from {before.engine_version} to {now.engine_version}"
    for name in _changed_inputs(now, before):
        maker = graph.maker(name)
        yield f'input "{name}" changed' if maker is None else f'input "{name}" is built again'
    names_now, names_before = dict(now.inputs).keys(), dict(before.inputs).keys()
    for name in sorted(names_now - names_before):
        yield f'input "{name}" is new'
    for name in sorted(names_before - names_now):
        yield f'input "{name}" is read no more'
