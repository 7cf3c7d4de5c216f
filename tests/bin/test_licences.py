"""Which licences a package of the runtime may come under."""

from email.message import Message

import pytest

from bin import licences


@pytest.mark.parametrize(
    "text", ["GPL-3.0-or-later", "AGPL-3.0", "GNU General Public License v3 (GPLv3)"]
)
def test_it_refuses_the_gpl(text: str) -> None:
    assert licences.REFUSED.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "MIT",
        "LGPL-3.0-only",
        "GNU Lesser General Public License v3 (LGPLv3)",
        "GNU Library or Lesser General Public License (LGPL)",
    ],
)
def test_it_accepts_free_ones_and_the_lesser_gpl(text: str) -> None:
    assert not licences.REFUSED.search(text)


def test_it_knows_the_licence_of_every_package_of_the_runtime() -> None:
    unknown = [name for name, licence in licences.licences() if not licence]
    assert unknown == []


def test_it_prefers_the_expression_to_classifiers() -> None:
    facts = Message()
    facts["License-Expression"] = "BSD-3-Clause"
    facts["Classifier"] = "License :: OSI Approved :: BSD License"
    assert licences.stated(facts) == "BSD-3-Clause"
