"""Table elements to rows of cells, and these to a pipe table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from broadsheet.capture.dom import Element
from broadsheet.capture.nodes import inside, is_unseen, tag, text_of
from broadsheet.capture.nouns import Block
from broadsheet.capture.runs import Run, on_one_line, runs, to_markdown, unstyled, within_line, words

MOST_ROWS = 400
MOST_COLUMNS = 40

_ROW_GROUPS = ("thead", "tbody", "tfoot")
_LAID_OUT = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "figure", "article", "section")

Cell = Element | None
"""None where a cell reaches over from its left or from above, and where a row is short."""


def rows(table: Element) -> list[list[Cell]]:
    """A table's cells in their columns, but not those of tables within; of too wide a table a few columns too many."""
    reaching: dict[int, int] = {}
    found = [_spread(row, reaching) for row in _own_rows(table)]
    return [row for row in found if any(cell is not None for cell in row)]


def _own_rows(table: Element) -> Iterator[Element]:
    for child in table:
        if tag(child) == "tr":
            yield child
        elif tag(child) in _ROW_GROUPS:
            yield from (row for row in child if tag(row) == "tr")


def _spread(row: Element, reaching: dict[int, int]) -> list[Cell]:
    """A row's cells in their columns; `reaching` tells of each column how many rows a cell above still covers."""
    cells: list[Cell] = []
    for cell in row:
        if len(cells) <= MOST_COLUMNS and tag(cell) in ("td", "th") and not is_unseen(cell):
            _skip_covered(cells, reaching)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            reaching.update((len(cells) + n, high - 1) for n in range(wide))
            cells += [cell, *[None] * (wide - 1)]
    _skip_covered(cells, reaching)
    return cells


def _skip_covered(cells: list[Cell], reaching: dict[int, int]) -> None:
    while reaching.get(len(cells), 0):
        reaching[len(cells)] -= 1
        cells.append(None)


def _span(cell: Element, name: str) -> int:
    typed = cell.get(name, "1").strip()
    return min(max(int(typed), 1), MOST_COLUMNS) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1


def is_layout(table: Element, cells: Sequence[Sequence[Cell]]) -> bool:
    """Whether a table only arranges what stands in it."""
    wide = _width(cells)
    if wide < 2 or wide > MOST_COLUMNS or len(cells) < 2 or table.get("role") in ("presentation", "none"):
        return True
    return any(cell is not None and next(cell.iter(*_LAID_OUT), None) is not None for row in cells for cell in row)


def _width(cells: Sequence[Sequence[Cell]]) -> int:
    return max(map(len, cells), default=0)


def pipe_table(table: Element, cells: Sequence[Sequence[Cell]], base: str) -> Block | None:
    """The first row is the head, as this dialect knows no table without one."""
    wide = _width(cells)
    shown = [[_cell(cell, base) for cell in (*row, *[None] * (wide - len(row)))] for row in cells[: MOST_ROWS + 1]]
    if not any(cell for row in shown for cell in row):
        return None
    head = [unstyled(cell) for cell in shown[0]]
    lines = [_line(head), "|" + " --- |" * len(head), *(_line(row) for row in shown[1:])]
    texts = [" ".join(filter(None, map(words, row))) for row in (head, *shown[1:])]
    title = _title(table, base)
    note = _note(len(cells) - len(shown))
    around = [to_markdown(title), "\n".join(lines), note]
    return Block(
        text="\n".join(filter(None, [words(title), *texts, note])), markdown="\n\n".join(filter(None, around))
    )


def _cell(cell: Cell, base: str) -> list[Run]:
    """Code keeps no bar, which would end the cell."""
    found = [] if cell is None else on_one_line(runs(inside(cell), base))
    return [run._replace(style=run.style._replace(code=False)) if "|" in run.text else run for run in found]


def _line(cells: Sequence[Sequence[Run]]) -> str:
    return "|" + "".join(f" {within_line(cell).replace('|', chr(92) + '|')} |" for cell in cells)


def _title(table: Element, base: str) -> list[Run]:
    named = next((child for child in table if tag(child) == "caption" and text_of(child)), None)
    found = [] if named is None else on_one_line(runs(inside(named), base))
    return [run if run.picture else run._replace(style=run.style._replace(strong=True)) for run in found]


def _note(left_out: int) -> str:
    return f"({left_out:,} more rows)" if left_out > 0 else ""
