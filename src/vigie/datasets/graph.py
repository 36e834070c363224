"""Which dataset reads what: unknown inputs, cycles, order of building, descendants."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from vigie.datasets.declaration import Dataset
from vigie.datasets.relations import SOURCE_COLUMNS
from vigie.errors import Problem, nearest

__all__ = ["Graph", "build_graph"]


@dataclass(frozen=True, slots=True)
class Graph:
    """The datasets of a room; make it with ``build_graph``.

    Attributes:
        datasets: in an order in which each comes after what it reads.
    """

    datasets: tuple[Dataset, ...]

    def __getitem__(self, name: str) -> Dataset:
        for each in self.datasets:
            if each.name == name:
                return each
        raise KeyError(name)

    def maker(self, relation: str) -> str | None:
        """The dataset behind a relation: itself, or the one that makes the measure; else None."""
        return _makers(self.datasets).get(relation)

    def upstream(self, name: str) -> tuple[str, ...]:
        """Datasets that a dataset reads directly, by name or by the measure they make."""
        return _upstream(self[name], _makers(self.datasets))

    def sources(self, name: str) -> tuple[str, ...]:
        """Inputs of a dataset that no dataset makes: measures of feeds, reference tables..."""
        makers = _makers(self.datasets)
        return tuple(each for each in self[name].inputs if each not in makers)

    def downstream(self, names: Iterable[str]) -> frozenset[str]:
        """All datasets that read one of the relations, directly or through others.

        Args:
            names: relations: datasets, measures or sources. They are not in the answer
                themselves, unless one is read by another.
        """
        makers = _makers(self.datasets)
        reached = {makers.get(name, name) for name in names}
        found: set[str] = set()
        for each in self.datasets:
            reads = {makers.get(name, name) for name in each.inputs}
            if reads & (reached | found):
                found.add(each.name)
        return frozenset(found)


def build_graph(
    datasets: Sequence[Dataset], measures: Collection[str]
) -> tuple[Graph | None, list[Problem]]:
    """Put the datasets in order, or say all that is wrong between them.

    Args:
        datasets: as declared.
        measures: keys of measures.csv.

    Returns:
        The graph, or None when there are mistakes, and the mistakes.
    """
    ordered = sorted(datasets, key=lambda each: each.name)
    problems = [
        *_name_mistakes(ordered, measures),
        *_measure_mistakes(ordered, measures),
        *_input_mistakes(ordered, measures),
    ]
    makers = _makers(ordered)
    reads = {each.name: _upstream(each, makers) for each in ordered}
    by_name = {each.name: each for each in ordered}
    for cycle in _cycles(reads):
        way = " -> ".join([*cycle, cycle[0]])
        to_do = "Take one of these inputs out."
        what = f"datasets read each other in a circle: {way}"
        problems.append(Problem(by_name[cycle[0]].file, None, what, to_do))
    if problems:
        return None, problems
    order = TopologicalSorter(reads).static_order()
    return Graph(tuple(by_name[name] for name in order)), []


def _makers(datasets: Iterable[Dataset]) -> dict[str, str]:
    makers = {each.measure: each.name for each in datasets if each.measure is not None}
    return makers | {each.name: each.name for each in datasets}


def _upstream(dataset: Dataset, makers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({makers[name] for name in dataset.inputs if name in makers}))


def _name_mistakes(datasets: Sequence[Dataset], measures: Collection[str]) -> Iterator[Problem]:
    files: dict[str, str] = {}
    for each in datasets:
        to_do = "Rename the file."
        if each.name in files:
            what = f'the dataset "{each.name}" is declared twice, also in {files[each.name]}'
            yield Problem(each.file, None, what, to_do)
        if each.name in SOURCE_COLUMNS:
            what = f'"{each.name}" is the name of a table of every room'
            yield Problem(each.file, None, what, to_do)
        if each.name in measures and each.measure != each.name:
            what = f'"{each.name}" is the name of a measure that this dataset does not make'
            yield Problem(each.file, None, what, f'{to_do} Or set measure = "{each.name}".')
        files.setdefault(each.name, each.file)


def _measure_mistakes(datasets: Sequence[Dataset], measures: Collection[str]) -> Iterator[Problem]:
    makers: dict[str, str] = {}
    for each in datasets:
        if each.measure is None:
            continue
        if each.measure not in measures:
            near = nearest(each.measure, measures)
            to_do = f"Add it to measures.csv; the nearest there are {near}."
            yield Problem(each.file, None, f'unknown measure "{each.measure}"', to_do)
        if each.measure in makers:
            what = f'the measure "{each.measure}" is also made by {makers[each.measure]}'
            yield Problem(each.file, None, what, "Let one dataset make it.")
        makers.setdefault(each.measure, each.file)


def _input_mistakes(datasets: Sequence[Dataset], measures: Collection[str]) -> Iterator[Problem]:
    known = {*measures, *SOURCE_COLUMNS, *(each.name for each in datasets)}
    for each in datasets:
        for name in each.inputs:
            if name not in known:
                to_do = f"The nearest are {nearest(name, known)}."
                yield Problem(each.file, None, f'unknown input "{name}"', to_do)


def _cycles(reads: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Every circle, found one after the other; each is then taken out of the graph."""
    left = {name: list(inputs) for name, inputs in reads.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            # CycleError walks against the reading direction and repeats the first at the end.
            cycle = list(reversed(error.args[1][1:]))
            start = cycle.index(min(cycle))
            yield cycle[start:] + cycle[:start]
            left = {
                name: [each for each in inputs if each not in cycle]
                for name, inputs in left.items()
                if name not in cycle
            }
        else:
            return
