"""Keeps the interface catalogues fresh: `python -m bin.translate update|check`, inside the environment."""

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bin import environment, progress
from bin.catalogues import TRANSLATIONS
from directory.config import Config

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
MessageId = str | tuple[str, ...] | list[str]


def update() -> int:
    """Bring every catalogue up to the sentences of the program; translations are kept."""
    with tempfile.TemporaryDirectory() as folder:
        template = extract(Path(folder))
        for language in languages():
            _babel(*_words_for(language), f"--input-file={template}")
    for language in languages():
        missing = [m for m in _messages(catalogue(language)) if not _is_translated(m)]
        progress.say(f"  {language}: {len(missing)} sentences to translate")
    return 0


def check() -> int:
    """Exit code 1 when a catalogue lacks, keeps or breaks a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        template = extract(Path(folder)).read_bytes()
    wanted = {_key(message.id) for message in _messages(read_po(io.BytesIO(template)))}
    found = [
        f"{language}: {problem}"
        for language in languages()
        for problem in sorted(problems(catalogue(language), wanted))
    ]
    for line in found[:40]:
        progress.say(f"  {line}")
    if found:
        progress.say(
            f"  {len(found)} in all; `make translate` brings in new sentences."
        )
    return 1 if found else 0


def languages() -> list[str]:
    """The languages that need a catalogue: all but English, in which the sentences are written."""
    settings = Config.from_environment({"SECRET_KEY": "no secret is needed here"})
    return sorted(code for code in settings.locales if code != "en")


def catalogue(language: str) -> Catalog:
    """The catalogue of a language; empty where there is none yet."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def problems(held: Catalog, wanted: set[str]) -> Iterator[str]:
    """What is wrong with one catalogue, given the sentences the program has."""
    keys = {_key(message.id) for message in _messages(held)}
    yield from (f"lacks “{key[:70]}”" for key in wanted - keys)
    yield from (f"keeps “{key[:70]}”, which is gone" for key in keys - wanted)
    for message in _messages(held):
        if not _is_translated(message):
            yield f"has no translation of “{_key(message.id)[:70]}”"
        elif not _keeps_placeholders(message):
            yield f"has other placeholders than “{_key(message.id)[:70]}”"


def extract(folder: Path) -> Path:
    """Collect the sentences of program and pages into a template file, and return its path."""
    template = folder / "messages.pot"
    _babel(
        "extract",
        "--mapping-file=pyproject.toml",
        "--keyword=N_",
        "--keyword=lazy_gettext",
        "--add-location=file",
        "--sort-by-file",
        "--omit-header",
        f"--output-file={template}",
        ".",
    )
    return template


def _messages(held: Catalog) -> list[Message]:
    return [message for message in held if message.id]


def _key(message_id: MessageId) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _is_translated(message: Message) -> bool:
    texts = [message.string] if isinstance(message.string, str) else message.string
    return bool(texts) and all(texts or ()) and not message.fuzzy


def _keeps_placeholders(message: Message) -> bool:
    """Whether a translation names what its sentence names; a plural form may leave the number out."""
    wanted = set(PLACEHOLDER.findall(" ".join(_forms(message.id))))
    named = [set(PLACEHOLDER.findall(text)) for text in _forms(message.string)]
    if message.pluralizable:
        return all(names <= wanted for names in named)
    return all(names == wanted for names in named)


def _forms(text: MessageId | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def _words_for(language: str) -> list[str]:
    words = [f"--locale={language}", f"--output-dir={TRANSLATIONS}"]
    if not _path(language).exists():
        return ["init", *words]
    return ["update", *words, "--no-fuzzy-matching", "--ignore-obsolete"]


def _babel(*arguments: str) -> None:
    command = [environment.tool("pybabel"), "--quiet", *arguments]
    subprocess.run(command, cwd=progress.ROOT, check=True)


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["check"] else update())
