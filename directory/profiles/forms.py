"""The form of a profile: what was typed, as values that the operation understands."""

from collections.abc import Mapping
from typing import Final

from directory.listings.translations import HUMAN, MACHINE
from directory.models import AreaProfile, Translation
from directory.profiles.operations import LONGEST_SOURCE, Details
from directory.profiles.queries import Key
from directory.profiles.words import TEXTS
from directory.web.fields import Fields, Form

WRITTEN_IN: Final = ("ar", "en", "es", "fr")
_LONGEST_TYPED: Final = 5000


def details(form: Form, before: Mapping[Key, str]) -> Details:
    """Return what the form says of an area; raises Invalid by field.

    ``before``: the states of the translations as stored.
    """
    fields = Fields(form)
    columns = {
        "language": fields.text("language", longest=8),
        **{name: fields.text(name, longest=_LONGEST_TYPED) for name in TEXTS},
        "source": fields.text("source", longest=LONGEST_SOURCE),
        "source_date": fields.day("source_date"),
    }
    if columns["language"] not in WRITTEN_IN:
        columns["language"] = None
    texts: dict[Key, str | None] = {}
    states: dict[Key, str] = {}
    for name in TEXTS:
        for language in WRITTEN_IN:
            typed = f"{name}:{language}"
            texts[name, language] = fields.text(typed, longest=_LONGEST_TYPED)
            if fields.ticked(f"checked:{typed}"):
                states[name, language] = HUMAN
            elif fields.ticked(f"machine:{typed}"):
                states[name, language] = MACHINE
            elif before.get((name, language)) == MACHINE:
                states[name, language] = HUMAN
    fields.done()
    return Details(columns=columns, texts=texts, states=states)


def version(form: Form) -> int:
    """The version that the form was filled in from; 0 where there was no profile."""
    text = form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def first_values(language: str) -> Form:
    """The form of an area without a profile."""
    chosen = language if language in WRITTEN_IN else "en"
    return Form({"language": chosen, "version": "0"})


def values_of(profile: AreaProfile, others: dict[Key, Translation]) -> Form:
    """A profile as its form shows it."""
    form = Form({"language": profile.language, "version": str(profile.version)})
    for name in (*TEXTS, "source"):
        form[name] = getattr(profile, name) or ""
    form["source_date"] = profile.source_date.isoformat() if profile.source_date else ""
    for (name, language), row in others.items():
        form[f"{name}:{language}"] = row.text
    return form
