"""Rows of numbers to probabilities, by trained trees: the one place that computes with arrays."""

from __future__ import annotations

import io
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Whole: TypeAlias = NDArray[np.intp]

TOGETHER = 2048
"""Rows scored at once: bounds memory for texts of any length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Trees as flat arrays: in node n a row goes to `below[n]`, or to the one after if its value is above `limit[n]`.

    A leaf leads to itself, so that all rows can take the same number of steps.
    `value` holds what a leaf adds to the log odds; `roots` where each tree begins.
    """

    names: tuple[str, ...]
    column: Whole
    limit: Floats
    below: Whole
    value: Floats
    roots: Whole
    depth: int
    base: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was learned; `trees.names` names the columns that a row has, in order."""

    trees: Trees

    @property
    def names(self) -> tuple[str, ...]:
        return self.trees.names

    def probabilities(self, rows: Sequence[Sequence[float]] | Floats) -> list[float]:
        """How likely each row is what the model was trained to tell, 0 to 1. Rows are as long as `names`."""
        found: list[float] = []
        for start in range(0, len(rows), TOGETHER):
            table = np.asarray(rows[start : start + TOGETHER], dtype=np.float32)
            found += _chances(_log_odds(self.trees, table))
        return found


def _log_odds(trees: Trees, table: Floats) -> Floats:
    if table.ndim != 2 or table.shape[1] != len(trees.names):
        raise ValueError(f"rows of {table.shape[-1]} numbers for a model of {len(trees.names)}")
    values = np.nan_to_num(table).ravel()
    rows = np.arange(0, values.size, len(trees.names), dtype=np.intp)[:, None]
    nodes = np.broadcast_to(trees.roots, (len(table), len(trees.roots)))
    for _ in range(trees.depth):
        above = values.take(rows + trees.column.take(nodes)) > trees.limit.take(nodes)
        nodes = trees.below.take(nodes) + above
    total: Floats = trees.value.take(nodes).sum(axis=1) + np.float32(trees.base)
    return total


def _chances(log_odds: Floats) -> list[float]:
    chances: list[float] = (1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))).tolist()
    return chances


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a row is to know of the rows around it, by the names of columns.

    `seen` are taken over from each of the rows up to `reach` before and after;
    `averaged` over as many rows before, and after, as each of `widths` says;
    of `shared`, the part of the whole that stands before, and after; to the last
    and the next row where one of `sought` is above 0, how many rows it is.
    """

    seen: tuple[str, ...] = ()
    reach: int = 0
    averaged: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    shared: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()

    def names(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The columns that `widen` makes of these."""
        return (
            *columns,
            *(f"{name}{step:+d}" for step in _steps(self.reach) for name in self.seen),
            *(f"{name}{side}{width}" for width in self.widths for side in "<>" for name in self.averaged),
            *(f"{name}{side}" for name in self.shared for side in ("<part", ">part")),
            *(f"{name}{side}" for name in self.sought for side in ("<rows", ">rows")),
        )


def _steps(reach: int) -> list[int]:
    return [step for step in range(-reach, reach + 1) if step]


FAR = 99
"""How far away a row is that there is none of."""


def pack(numbers: Sequence[float]) -> bytes:
    """Numbers as `joined` takes them: packed once, put together often."""
    return array("f", numbers).tobytes()


def joined(parts: Sequence[bytes], columns: Sequence[str]) -> Floats:
    """Rows from parts, each of which holds some of the columns, packed row by row."""
    packed = [np.frombuffer(part, dtype=np.float32) for part in parts]
    count = sum(map(len, packed)) // len(columns)
    return np.hstack([part.reshape(count, -1) for part in packed])


def widen(rows: Sequence[Sequence[float]] | Floats, columns: Sequence[str], around: Around) -> Floats:
    """Rows, each with what it is to know of those around it."""
    table = np.asarray(rows, dtype=np.float32).reshape(len(rows), len(columns))
    place = {name: number for number, name in enumerate(columns)}
    seen = table[:, [place[name] for name in around.seen]]
    averaged = table[:, [place[name] for name in around.averaged]]
    found: list[Floats | NDArray[np.float64]] = [
        table,
        *(_shifted(seen, step) for step in _steps(around.reach)),
        *_means(averaged, around.widths),
        *(part for name in around.shared for part in _parts(table[:, place[name]])),
        *(rows for name in around.sought for rows in _distances(table[:, place[name]] > 0)),
    ]
    return np.hstack(found).astype(np.float32)


def _shifted(table: Floats, step: int) -> Floats:
    """For each row the one `step` rows on, zeros where there is none."""
    moved = np.zeros_like(table)
    if 0 < step < len(table):
        moved[:-step] = table[step:]
    elif 0 < -step < len(table):
        moved[-step:] = table[:step]
    return moved


def _means(table: Floats, widths: Sequence[int]) -> list[NDArray[np.float64]]:
    count = len(table)
    sums = np.vstack([np.zeros((1, table.shape[1])), np.cumsum(table, axis=0, dtype=np.float64)])
    here = np.arange(count)
    found = []
    for width in widths:
        first, last = np.maximum(0, here - width), np.minimum(count, here + 1 + width)
        found += [(sums[here] - sums[first]) / width, (sums[last] - sums[here + 1]) / width]
    return found


def _parts(column: Floats) -> list[NDArray[np.float64]]:
    upto = np.cumsum(column, dtype=np.float64)
    whole = max(float(upto[-1]), 1e-6) if len(upto) else 1.0
    return [((upto - column) / whole)[:, None], ((upto[-1:] - upto) / whole)[:, None]]


def _distances(sought: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Logarithms, as a row less tells little far away."""
    return [_since(sought), _since(sought[::-1])[::-1]]


def _since(sought: NDArray[np.bool_]) -> NDArray[np.float64]:
    here = np.arange(len(sought))
    last = np.concatenate([[-1], np.maximum.accumulate(np.where(sought, here, -1))[:-1]])
    rows: NDArray[np.float64] = np.log1p(np.where(last < 0, FAR, np.minimum(here - last, FAR)))[:, None]
    return rows


@cache
def load(name: str) -> Model:
    """The model `weights/<name>.npz` of the package. Raises ValueError where the file is missing or damaged."""
    file = resources.files("broadsheet.capture").joinpath("weights", f"{name}.npz")
    try:
        return parse(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"weights/{name}.npz of this installation is of no use ({error}); install it anew") from error


def dump(model: Model) -> bytes:
    """A model to the bytes of its file: NumPy's format without pickle; same model, same bytes."""
    trees, file = model.trees, io.BytesIO()
    np.savez_compressed(
        file,
        names=np.array("\n".join(trees.names)),
        column=trees.column.astype(np.int16),
        limit=trees.limit,
        below=trees.below.astype(np.int32),
        value=trees.value,
        roots=trees.roots.astype(np.int32),
        depth=np.int32(trees.depth),
        base=np.float32(trees.base),
    )
    return file.getvalue()


def parse(data: bytes) -> Model:
    """The inverse of `dump`. Raises ValueError for anything but a whole model."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            trees = Trees(
                names=tuple(str(held["names"]).split("\n")),
                column=held["column"].astype(np.intp),
                limit=held["limit"].astype(np.float32),
                below=held["below"].astype(np.intp),
                value=held["value"].astype(np.float32),
                roots=held["roots"].astype(np.intp),
                depth=int(held["depth"]),
                base=float(held["base"]),
            )
    except Exception as error:  # zipfile, zlib and numpy's headers have a family of errors each
        raise ValueError("the file is damaged") from error
    _check(trees)
    return Model(trees=trees)


def _check(trees: Trees) -> None:
    """That no step can lead outside: numbers are in range, and as many as they should be."""
    nodes = len(trees.column)
    sound = (
        nodes > 0
        and all(part.ndim == 1 for part in (trees.column, trees.limit, trees.below, trees.value, trees.roots))
        and len(trees.limit) == len(trees.below) == len(trees.value) == nodes
        and _within(trees.column, len(trees.names))
        and _within(trees.below, nodes)
        and _within(trees.roots, nodes)
        and 0 <= trees.depth <= 64
        # a step that does not end in a leaf goes to one of two
        and bool(np.all((trees.below + 1 < nodes) | np.isposinf(trees.limit)))
        and bool(np.all(np.isfinite(trees.value)))
        and bool(np.isfinite(trees.base))
    )
    if not sound:
        raise ValueError("its trees make no sense")


def _within(numbers: Whole, end: int) -> bool:
    return numbers.size > 0 and int(numbers.min()) >= 0 and int(numbers.max()) < end
