"""The interface texts: from the code and templates into `locale/`, and compiled.

Done in Python with Babel and polib (both in requirements/dev.txt), so that no contributor needs
GNU gettext. The English catalogue repeats its msgid, with the quotation marks that are printed:
English is complete by definition and never falls through to another language. Catalogues hold file
names without line numbers, and no date: they change when texts change.

There are two: ``django`` for what Python and templates say, and ``djangojs`` for what scripts say.
Those of Django's admin are counted among ours, for its own Italian leaves some in English.
"""

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from civicnet.rooms import rooms

TEXTS, SCRIPTS = DOMAINS = ("django", "djangojs")
DJANGO = Path(django.__file__).parent
Keywords = dict[str, tuple[int | tuple[int, str], ...] | None]
KEYWORDS: Keywords = {
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
SCRIPT_KEYWORDS: Keywords = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
TAG = re.compile(r"(<[^>]*>)")
HEADER = {
    "Project-Id-Version": "civicnet",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


@dataclass(frozen=True)
class Text:
    """One interface text as written in the code: English, singular and perhaps plural."""

    context: str | None
    singular: str
    plural: str | None


def texts(root: Path, domain: str = TEXTS) -> dict[Text, set[str]]:
    """Every interface text with the files that hold it.

    A text that is written both alone and with a plural is one text, with its plural.
    """
    found: dict[tuple[str | None, str], Text] = {}
    files: dict[tuple[str | None, str], set[str]] = {}
    is_script = domain == SCRIPTS
    language, keywords = ("javascript", SCRIPT_KEYWORDS) if is_script else ("python", KEYWORDS)
    for path, source in _scripts(root) if is_script else _sources(root):
        for _line, message, _comments, context in extract(
            language, io.BytesIO(source.encode()), keywords=keywords
        ):
            singular, plural = message if isinstance(message, tuple) else (message, None)
            key = (context, singular)
            files.setdefault(key, set()).add(path)
            if key not in found or plural:
                found[key] = Text(context, singular, plural)
    return {text: files[key] for key, text in found.items()}


def uncollected(root: Path) -> Iterator[str]:
    """Where what marks a text goes by a name of its own, by which nobody looks for texts."""
    for path, source in _sources(root):
        for node in ast.walk(ast.parse(source)) if path.endswith(".py") else ():
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                for each in node.names:
                    if each.name in KEYWORDS and (each.asname or "_") not in KEYWORDS:
                        yield f"{path}: what “{each.asname}” marks is not collected"


def _sources(root: Path) -> Iterator[tuple[str, str]]:
    for room in rooms(root):
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(root)), path.read_text()
    for folder in ("templates", *rooms(root)):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".html", ".txt", ".xml"} and path.is_file():
                # Django turns a template into something like Python for xgettext; its lines are
                # joined, because their indentation means nothing to Python.
                python = templatize(path.read_text(), origin=str(path))
                calls = [line.strip() for line in python.splitlines()]
                yield str(path.relative_to(root)), "(" + "\n".join(calls) + "\n)"


def _scripts(root: Path) -> Iterator[tuple[str, str]]:
    """Ours, and those of Django's admin, which asks for their texts by one catalogue."""
    for above, folder in ((root, "static"), (DJANGO.parent, "django/contrib/admin/static")):
        for path in sorted((above / folder).rglob("*.js")):
            if "vendor" not in path.parts:
                yield str(path.relative_to(above)), path.read_text()


def typeset(text: str) -> str:
    """With the apostrophes and quotation marks that are printed, outside tags: Django types some of
    its texts with those of a typewriter."""
    pieces = TAG.split(text)
    for number in range(0, len(pieces), 2):
        piece = re.sub(r"(?<=\w)'(?=\w)", "’", pieces[number])
        pieces[number] = re.sub(r"""(["'])((?:%\(\w+\)s|\w)[^"']*?)\1""", r"“\2”", piece)
    return "".join(pieces)


def update(root: Path, language: str, domain: str = TEXTS) -> polib.POFile:
    """The language's catalogue with today's texts: new ones empty, those no longer used gone."""
    there = read(root, language, domain) if exists(root, language, domain) else ()
    old = {(e.msgctxt, e.msgid): e for e in there}
    catalogue = polib.POFile(wrapwidth=96)
    catalogue.metadata = HEADER | {"Language": language}
    for text, files in sorted(texts(root, domain).items(), key=lambda item: _order(item[0])):
        before = old.get((text.context, text.singular))
        entry = polib.POEntry(
            msgctxt=text.context,
            msgid=text.singular,
            occurrences=[(file, "") for file in sorted(files)],
        )
        if PLACEHOLDER.search(text.singular):
            entry.flags = ["python-format"] if "%" in text.singular else ["python-brace-format"]
        if text.plural:
            entry.msgid_plural = text.plural
            kept = before.msgstr_plural if before and before.msgstr_plural else {0: "", 1: ""}
            own = {0: typeset(text.singular), 1: typeset(text.plural)}
            entry.msgstr_plural = own if language == "en" else kept
        else:
            own_words = typeset(text.singular)
            entry.msgstr = own_words if language == "en" else (before.msgstr if before else "")
        catalogue.append(entry)
    return catalogue


def problems(root: Path, language: str, domain: str = TEXTS) -> list[str]:
    """What is wrong with the committed catalogue, in sentences; empty when all is well."""
    if not exists(root, language, domain):
        return [f"{language}: no catalogue {domain}; run “make messages”."]
    catalogue = read(root, language, domain)
    found = list(uncollected(root)) if domain == TEXTS else []
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}
    wanted = {(text.context, text.singular) for text in texts(root, domain)}
    found += [f"{language}: not in the catalogue: “{text}”" for _, text in wanted - known]
    found += [f"{language}: no longer used: “{text}”" for _, text in known - wanted]
    for entry in catalogue:
        if not entry.translated():
            found.append(f"{language}: not translated: “{entry.msgid}”")
        for written in [entry.msgstr, *entry.msgstr_plural.values()]:
            if written and not _placeholders(written) <= _placeholders(
                entry.msgid + (entry.msgid_plural or "")
            ):
                found.append(f"{language}: other placeholders in “{written}”")
    if compiled(catalogue) != _folder(root, language).joinpath(f"{domain}.mo").read_bytes():
        found.append(f"{language}: the .mo is not what the .po compiles to; run “make messages”.")
    return sorted(found)


def write(root: Path, language: str, catalogue: polib.POFile, domain: str = TEXTS) -> None:
    folder = _folder(root, language)
    folder.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(folder / f"{domain}.po"))
    (folder / f"{domain}.mo").write_bytes(compiled(read(root, language, domain)))


def read(root: Path, language: str, domain: str = TEXTS) -> polib.POFile:
    return polib.pofile(str(_folder(root, language) / f"{domain}.po"), wrapwidth=96)


def exists(root: Path, language: str, domain: str = TEXTS) -> bool:
    folder = _folder(root, language)
    return all((folder / f"{domain}.{suffix}").exists() for suffix in ("po", "mo"))


def compiled(catalogue: polib.POFile) -> bytes:
    """A text with a plural is there by itself too: gettext before Python 3.11.3 does not find
    “organization” where only “organization, organizations” is."""
    single = {(entry.msgid, entry.msgctxt) for entry in catalogue if not entry.msgid_plural}
    whole = polib.POFile()
    whole.metadata = catalogue.metadata
    for entry in catalogue:
        whole.append(entry)
        if entry.msgid_plural and (entry.msgid, entry.msgctxt) not in single:
            whole.append(
                polib.POEntry(
                    msgid=entry.msgid,
                    msgstr=entry.msgstr_plural.get(0, ""),
                    msgctxt=entry.msgctxt,
                    flags=entry.flags,
                    obsolete=entry.obsolete,
                )
            )
    return bytes(whole.to_binary())


def _folder(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES"


def _order(text: Text) -> tuple[str, str]:
    return text.singular.casefold(), text.context or ""


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}
