"""Texts that cost Markdown the square of their length, or more than all memory, at up to a megabyte each."""

from __future__ import annotations

from collections.abc import Iterable


def repeated(fragment: str, size: int = 1_000_000) -> str:
    return (fragment * (size // len(fragment) + 1))[:size]


def runs(numbers: Iterable[int]) -> str:
    return " ".join("`" * n for n in numbers)[:1_000_000]


TEXTS: dict[str, str] = {
    "growing runs": runs(range(1, 1400)),
    "brackets": "[" * 1_000_000,
    "pictures": repeated("!["),
    "links": repeated("[a]("),
    "links and an end": repeated("[a](")[1:] + ")",
    "nested brackets": "[" * 500_000 + "]" * 500_000,
    "references": "[a]: b\n\n" + repeated("[a][", 900_000),
    "a long address": "[a]: " + "u" * 400_000 + "\n\n" + repeated("[a]\n\n", 500_000),
    "quotation marks": "[a]: " + '"' * 900_000 + " x",
    "one footnote": "[^1]: n\n\n" + repeated("[^1]\n\n", 900_000),
    "open footnotes": repeated("[^"),
    "definitions of footnotes": repeated("[^a]: b\nc\n"),
    "footnotes": "\n".join(f"[^{n}]: a" for n in range(40_000)) + "\n\n" + " ".join(f"[^{n}]" for n in range(40_000)),
    "emphasis": repeated("*a* "),
    "open emphasis": repeated("*a _b "),
    "lines": repeated("a\n"),
    "paragraphs": repeated("a\n\n"),
    "rules": repeated("---\n"),
    "quotations": ">" * 1_000_000,
    "40 quotations": repeated(">" * 40 + " a\n"),
    "one item": "* a\n" + repeated("b\n", 990_000),
    "lists": "\n\n".join(" " * 4 * n + "* x" for n in range(600)),
    "indented code": repeated("    a\n\n"),
    "open fences": repeated("~~~a\n"),
    "wide table": repeated("a|", 300_000) + "\n" + repeated("-|", 300_000) + "\n" + repeated("a\n", 300_000),
    "code in a table": "a|b\n-|-\n" + repeated("`a`|", 990_000),
    "open data": repeated("<![CDATA[\n\n\n"),
    "open tags": repeated("<a ", 900_000),
    "tags": repeated("<b>x</b> "),
    "attributes": "<a " + " ".join(f"b{n}" for n in range(140_000)) + ">",
    "left open": "<p>" + "".join(f"<b title={n}>" for n in range(1_000)) + "<p>x" * 3_000,
    "less": "<" * 1_000_000,
    "ampersands": "& word " * 140_000,
    "one comment": "a <!--" + "-" * 900_000,
    "titles": '[a](b "' + '"' * 900_000,
}
