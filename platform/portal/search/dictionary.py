"""The cutter of Chinese: rjieba with the words of the field added, so that a neighbourhood, a skill or a service is one
word wherever it stands.

Static on purpose: what is kept in the index and what is asked must be cut alike in every process.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import rjieba
from django.utils.translation import override

import accounts
from core.codes import ServiceCategory, Skill

WORDS = json.loads(Path(__file__).with_name("synonyms.json").read_text(encoding="utf-8"))
DIVISIONS = Path(accounts.__file__).parent / "data" / "changning_divisions.csv"
OFTEN = 20_000  # as frequent as a common word of the general dictionary


def words_of_the_field() -> Iterator[str]:
    with DIVISIONS.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield row["name"]
            for ending in WORDS["endings"]:
                if row["name"].endswith(ending) and len(row["name"]) > len(ending) + 1:
                    yield row["name"].removesuffix(ending)
    for group in WORDS["groups"]:
        yield from group
    with override("zh-hans"):
        for table in (ServiceCategory, Skill):
            yield from (str(label) for label in table.labels)


def _made() -> rjieba.Jieba:
    cutter = rjieba.Jieba()
    for word in words_of_the_field():
        if len(word) > 1 and not word.isascii():
            cutter.add_word(word, OFTEN, "n")
    return cutter


_cutter: list[rjieba.Jieba] = []


def cutter() -> rjieba.Jieba:
    """Made when first asked for: labels of codes need Django's translations."""
    if not _cutter:
        _cutter.append(_made())
    return _cutter[0]
