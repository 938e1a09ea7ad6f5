"""The trees say what they were trained to say, and a damaged file is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.capture.scores import Model, Trees, dump, load, parse


def stump(*, column: int = 1, limit: float = 0.5, below: int = 1, low: float = -2.0, high: float = 2.0) -> Model:
    """One question: is the column above the limit?"""
    return Model(
        trees=Trees(
            names=("length", "share"),
            column=np.array([column, 0, 0], np.intp),
            limit=np.array([limit, math.inf, math.inf], np.float32),
            below=np.array([below, 1, 2], np.intp),
            value=np.array([0, low, high], np.float32),
            roots=np.array([0], np.intp),
            depth=1,
            base=0.0,
        )
    )


def test_a_row_goes_left_up_to_the_limit_and_right_above_it() -> None:
    low, edge, high = stump().probabilities([[9, 0.4], [9, 0.5], [9, 0.6]])
    assert low == edge == pytest.approx(1 / (1 + math.exp(2)))
    assert high == pytest.approx(1 / (1 + math.exp(-2)))


def test_no_rows_have_no_probabilities() -> None:
    assert stump().probabilities([]) == []


def test_many_rows_are_scored_as_few_are() -> None:
    rows = [[0.0, number / 5000] for number in range(5000)]
    together = stump().probabilities(rows)
    assert together == [stump().probabilities([row])[0] for row in rows[:1]] * 2501 + [together[-1]] * 2499


def test_what_is_no_number_counts_as_zero() -> None:
    assert stump().probabilities([[math.nan, math.nan]]) == stump().probabilities([[0, 0]])


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="rows of 3 numbers for a model of 2"):
        stump().probabilities([[1, 2, 3]])


@given(st.floats(-10, 10, width=32), st.floats(-5, 5, width=32), st.integers(0, 1))
def test_a_model_survives_its_file(limit: float, high: float, column: int) -> None:
    model = stump(limit=limit, high=high, column=column)
    again = parse(dump(model))
    rows = [[-11.0, 11.0], [0.0, 0.0], [limit, limit], [11.0, -11.0]]
    assert again.names == model.names
    assert again.probabilities(rows) == model.probabilities(rows)
    assert dump(again) == dump(model)


@given(st.data())
def test_a_damaged_file_is_refused_or_still_a_model(data: st.DataObject) -> None:
    whole = bytearray(dump(stump()))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        model = parse(bytes(whole))
    except ValueError:
        return
    assert len(model.probabilities([[0.0] * len(model.names)])) == 1


@pytest.mark.parametrize("wrong", [{"column": 2}, {"column": -1}, {"below": 2}, {"below": -1}, {"high": math.nan}])
def test_trees_that_lead_outside_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="make no sense"):
        parse(dump(stump(**wrong)))  # type: ignore[arg-type]  # some are numbers of the wrong kind, on purpose


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a model"])
def test_a_file_of_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        parse(data)


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ValueError, match=r"weights/nowhere\.npz"):
        load("nowhere")
