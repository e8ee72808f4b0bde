"""The words of the site: collected from code and templates, kept in .po files, compiled without gettext's tools.

English is the msgid itself. Simplified Chinese is written by people, in one catalogue for each app and one for the site
(core, portal, config, templates). Traditional Chinese is made from it by OpenCC when the catalogues are compiled.
"""

import ast
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import opencc
import polib
from babel.messages.extract import extract
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation import trim_whitespace
from django.utils.translation.template import block_re, constant_re, endblock_re, inline_re, plural_re

ROOT: Path = settings.ROOT
WRITTEN, MADE = "zh_Hans", "zh_Hant"
HEADER = {
    "Project-Id-Version": "Ningju",
    "Language": WRITTEN,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PYTHON_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Folders of a source root that hold no words for people, or hold data that is in Chinese by nature.
SKIPPED = {"migrations", "locale", "static", "engine", "node_modules", "__pycache__"}
TEMPLATE_KINDS = {".html", ".txt"}
IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
CONTEXT = re.compile(r"""\scontext\s+("[^"]*"|'[^']*')""")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+ 0#]*\d*(?:\.\d+)?[sdifgr]|\{\w*\}")


@dataclass(frozen=True, order=True)
class Key:
    """What makes two messages one."""

    msgid: str
    context: str = ""


@dataclass
class Message:
    plural: str = ""
    files: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Catalogue:
    """One .po file and the folders whose words stand in it."""

    name: str
    locale: Path
    sources: tuple[Path, ...]

    @property
    def written(self) -> Path:
        return self.locale / WRITTEN / "LC_MESSAGES" / "django.po"

    def compiled(self, language: str) -> Path:
        return self.locale / language / "LC_MESSAGES" / "django.mo"


def catalogues(root: Path = ROOT) -> list[Catalogue]:
    apps = [
        Catalogue(n, root / n / "locale", (root / n,))
        for n in ("accounts", "activities", "matching", "notifications")
    ]
    site = root / "platform"
    return [
        *apps,
        Catalogue(
            "site", site / "locale", (site / "core", site / "portal", site / "config", site / "templates")
        ),
    ]


# --- collecting


def source_files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts[:-1]
            if path.suffix in {".py", *TEMPLATE_KINDS} and not SKIPPED.intersection(inside):
                yield path


def words_of_python(path: Path) -> Iterator[tuple[Key, str]]:
    with path.open("rb") as source:
        for _line, found, _comments, context in extract("python", source, PYTHON_KEYWORDS):
            singular, plural = found if isinstance(found, tuple) else (found, "")
            if singular:
                yield Key(singular, context or ""), plural


def words_of_template(path: Path) -> Iterator[tuple[Key, str]]:
    """What `translate`, `blocktranslate` and `_("…")` say in a template. Raises ValueError for a tag inside a block."""
    block: _Block | None = None
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if block is not None:
            if token.token_type == TokenType.BLOCK and endblock_re.match(token.contents):
                yield block.message()
                block = None
            else:
                block.take(token.token_type, token.contents, path)
        elif token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            opening = block_re.match(token.contents) if token.token_type == TokenType.BLOCK else None
            for literal in constant_re.findall(token.contents):
                yield Key(literal[1:-1].replace("%", "%%")), ""
            if opening:
                block = _Block(_context(token.contents), "trimmed" in token.split_contents())
            elif token.token_type == TokenType.BLOCK and (inline := inline_re.match(token.contents)):
                yield Key(inline[1].strip()[1:-1].replace("%", "%%"), _context(token.contents)), ""


class _Block:
    """A `blocktranslate` that is being read."""

    def __init__(self, context: str, is_trimmed: bool) -> None:
        self.context, self.is_trimmed = context, is_trimmed
        self.parts: list[list[str]] = [[]]

    def take(self, kind: TokenType, contents: str, path: Path) -> None:
        if kind == TokenType.BLOCK and plural_re.match(contents):
            self.parts.append([])
        elif kind == TokenType.VAR:
            self.parts[-1].append(f"%({contents})s")
        elif kind == TokenType.TEXT:
            self.parts[-1].append(contents.replace("%", "%%"))
        elif kind == TokenType.BLOCK:
            raise ValueError(f"{path}: a blocktranslate cannot hold the tag {contents}")

    def message(self) -> tuple[Key, str]:
        whole = ["".join(part) for part in self.parts]
        if self.is_trimmed:
            whole = [trim_whitespace(part) for part in whole]
        return Key(whole[0], self.context), whole[1] if len(whole) > 1 else ""


def _context(tag: str) -> str:
    found = CONTEXT.search(tag)
    return found[1][1:-1] if found else ""


def words_of(catalogue: Catalogue) -> dict[Key, Message]:
    found: dict[Key, Message] = {}
    for path in source_files(catalogue.sources):
        reader = words_of_python if path.suffix == ".py" else words_of_template
        for key, plural in reader(path):
            message = found.setdefault(key, Message())
            message.plural = message.plural or plural
            message.files.add(path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name)
    return found


def read(path: Path) -> polib.POFile:
    return polib.pofile(str(path), encoding="utf-8") if path.exists() else polib.POFile(encoding="utf-8")


def key_of(entry: polib.POEntry) -> Key:
    return Key(entry.msgid, entry.msgctxt or "")


def collect(catalogue: Catalogue) -> polib.POFile:
    """Bring a catalogue up to date and write it: new words empty, kept ones translated, vanished ones gone."""
    before = {key_of(entry): entry for entry in read(catalogue.written) if not entry.obsolete}
    after = polib.POFile(encoding="utf-8", wrapwidth=110)
    after.metadata = HEADER
    for key, message in sorted(words_of(catalogue).items()):
        kept = before.get(key)
        entry = polib.POEntry(msgid=key.msgid, msgctxt=key.context or None)
        entry.occurrences = [(name, "") for name in sorted(message.files)]
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {0: (kept.msgstr_plural.get(0) or kept.msgstr) if kept else ""}
        else:
            entry.msgstr = (kept.msgstr or kept.msgstr_plural.get(0, "")) if kept else ""
        if kept and "fuzzy" in kept.flags:
            entry.flags.append("fuzzy")
        after.append(entry)
    write_if_changed(catalogue.written, str(after) + "\n")
    return after


def write_if_changed(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".fresh")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


# --- compiling


@cache
def exceptions() -> tuple[tuple[str, str], ...]:
    """What OpenCC gives and what this site says instead: platform/locale/traditional.csv."""
    with (ROOT / "platform" / "locale" / "traditional.csv").open(encoding="utf-8", newline="") as rows:
        return tuple((row["opencc"], row["ours"]) for row in csv.DictReader(rows))


def to_traditional(text: str) -> str:
    """Traditional characters as usual in print today, with the site's exceptions; words stay those of the mainland."""
    converted: str = _converter().convert(text)
    for theirs, ours in exceptions():
        converted = converted.replace(theirs, ours)
    return converted


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")


def compile_catalogue(catalogue: Catalogue, *, force: bool = False) -> bool:
    """Write both .mo files when the .po is newer (or `force`). Says whether anything was written."""
    made = [catalogue.compiled(language) for language in (WRITTEN, MADE)]
    if not catalogue.written.exists():
        return False
    sources = [catalogue.written, ROOT / "platform" / "locale" / "traditional.csv"]
    newest = max(path.stat().st_mtime_ns for path in sources)
    if not force and all(path.exists() and path.stat().st_mtime_ns > newest for path in made):
        return False
    words = read(catalogue.written)
    _save_compiled(words, made[0])
    words.metadata["Language"] = MADE
    for entry in words:
        entry.msgstr = to_traditional(entry.msgstr)
        entry.msgstr_plural = {form: to_traditional(text) for form, text in entry.msgstr_plural.items()}
    _save_compiled(words, made[1])
    return True


def _save_compiled(words: polib.POFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".fresh")
    words.save_as_mofile(str(fresh))
    fresh.replace(path)


# --- checking


def placeholders(text: str) -> list[str]:
    """The named and unnamed places of a format string, sorted; `%%` is none."""
    return sorted({match[0] for match in PLACEHOLDER.finditer(text.replace("%%", ""))})


def problems_of(catalogue: Catalogue) -> list[str]:
    """Everything that keeps a catalogue from being complete, as sentences."""
    words, kept = words_of(catalogue), {key_of(entry): entry for entry in read(catalogue.written)}
    said = [f"{catalogue.name}: not collected: {key.msgid!r}" for key in sorted(words.keys() - kept.keys())]
    said += [f"{catalogue.name}: stale: {key.msgid!r}" for key in sorted(kept.keys() - words.keys())]
    for key, entry in kept.items():
        translation = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
        if not translation:
            said.append(f"{catalogue.name}: not translated: {key.msgid!r}")
        elif "fuzzy" in entry.flags:
            said.append(f"{catalogue.name}: fuzzy: {key.msgid!r}")
        elif placeholders(entry.msgid_plural or key.msgid) != placeholders(translation):
            said.append(f"{catalogue.name}: other placeholders: {key.msgid!r} -> {translation!r}")
    return said


def contradictions(all_catalogues: Iterable[Catalogue]) -> list[str]:
    """One msgid that two catalogues say differently: the reader would see only one of them. Give it a context."""
    first: dict[Key, tuple[str, str]] = {}
    said = []
    for catalogue in all_catalogues:
        for entry in read(catalogue.written):
            translation = entry.msgstr or entry.msgstr_plural.get(0, "")
            name, other = first.setdefault(key_of(entry), (catalogue.name, translation))
            if translation and other and translation != other:
                said.append(f"{entry.msgid!r} is {other!r} in {name} and {translation!r} in {catalogue.name}")
    return said


# Where Chinese stands in code by nature: the site's name, and how times are written in the lists that centres keep.
CHINESE_BY_NATURE = ("platform/config/settings.py", "platform/portal/intake/values.py")


def stray_chinese(folders: Iterable[Path], root: Path = ROOT) -> list[str]:
    """Chinese in a template or in a string of code (not its comments and docstrings): it belongs in a catalogue."""
    said = []
    for path in source_files(folders):
        name = path.relative_to(root).as_posix()
        if name.startswith(CHINESE_BY_NATURE):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            bare = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)
            said += [f"{name}: {line.strip()}" for line in bare.splitlines() if IDEOGRAPH.search(line)]
        else:
            said += [
                f"{name}:{line}: {string}" for line, string in _strings(text) if IDEOGRAPH.search(string)
            ]
    return said


def _strings(source: str) -> Iterator[tuple[int, str]]:
    """Every string of a module as it is written, but those that are a statement by themselves, as docstrings are."""
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.lineno, ast.get_source_segment(source, node) or ""
