"""What training the cleaner's models shares: folds by site, seeded trees, and their way into a file of weights."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import lightgbm
import numpy as np
from numpy.typing import NDArray

from broadsheet.capture.scores import Model, Trees, dump

Table: TypeAlias = NDArray[np.float32]

WEIGHTS = Path(__file__).resolve().parents[2] / "broadsheet" / "capture" / "weights"


def folds(sites: Iterable[str], *, parts: int = 5, seed: int = 0) -> dict[str, int]:
    """Each site to its fold, evenly and always alike: sites never stand on both sides of a split."""
    shuffled = sorted(set(sites), key=lambda site: hashlib.sha256(f"{seed}:{site}".encode()).digest())
    return {site: number % parts for number, site in enumerate(shuffled)}


def fit(
    rows: Sequence[Sequence[float]] | Table,
    labels: Sequence[float],
    weights: Sequence[float],
    names: Sequence[str],
    *,
    rounds: int = 150,
    seed: int = 1,
    **options: Any,
) -> lightgbm.Booster:
    """Boosted trees, the same ones every time."""
    settings = {
        "objective": "binary",
        "num_leaves": 15,
        "max_depth": 6,
        "learning_rate": 0.06,
        "min_data_in_leaf": 30,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
        **options,
    }
    data = lightgbm.Dataset(
        np.asarray(rows, dtype=np.float32), np.asarray(labels), weight=np.asarray(weights), feature_name=list(names)
    )
    return lightgbm.train(settings, data, rounds)


def export(boosters: Sequence[lightgbm.Booster]) -> Model:
    """Trained trees as the package reads them; several boosters become their mean (of log odds)."""
    nodes: list[tuple[int, float, int, float]] = []
    roots: list[int] = []
    depth = 0
    for booster in boosters:
        for tree in booster.dump_model()["tree_info"]:
            roots.append(len(nodes))
            nodes.append((0, math.inf, 0, 0.0))
            depth = max(depth, _lay(tree["tree_structure"], nodes, roots[-1], 1 / len(boosters)))
    column, limit, below, value = zip(*nodes, strict=True)
    return Model(
        trees=Trees(
            names=tuple(boosters[0].feature_name()),
            column=np.array(column, np.intp),
            limit=np.array(limit, np.float32),
            below=np.array(below, np.intp),
            value=np.array(value, np.float32),
            roots=np.array(roots, np.intp),
            depth=depth,
            base=0.0,
        )
    )


def _lay(tree: dict[str, Any], nodes: list[tuple[int, float, int, float]], place: int, share: float) -> int:
    """Lay a node at `place` and what is below it at the end, two by two; the depth that it has."""
    if "split_feature" not in tree:
        nodes[place] = (0, math.inf, place, tree["leaf_value"] * share)
        return 0
    below = len(nodes)
    nodes[place] = (tree["split_feature"], _rounded_down(tree["threshold"]), below, 0.0)
    nodes += [(0, math.inf, 0, 0.0)] * 2
    depths = [
        _lay(tree["left_child"], nodes, below, share),
        _lay(tree["right_child"], nodes, below + 1, share),
    ]
    return 1 + max(depths)


def _rounded_down(limit: float) -> float:
    """The greatest float32 that is not above: a rounded limit would let its neighbour pass."""
    near = np.float32(limit)
    return float(near if near <= limit else np.nextafter(near, np.float32(-math.inf)))


def write(name: str, model: Model) -> Path:
    """Put a model among the package's weights."""
    file = WEIGHTS / f"{name}.npz"
    file.write_bytes(dump(model))
    return file
