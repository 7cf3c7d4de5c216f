"""Two angles out of a text: decimal numbers, degrees, minutes, seconds, letters, labels.

The text is cut into tokens (numbers, unit marks, hemisphere letters, labels,
separators); the tokens are split into the two halves; each half becomes an angle.
"""

import re
from dataclasses import dataclass
from typing import Literal

Axis = Literal["lat", "lon"]


class Unreadable(ValueError):
    """No two angles here; ``problem`` is a value of ``coordinates.Problem``."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Angle:
    """Signed degrees, the size of the last digit written, the axis if one was named."""

    degrees: float
    unit_degrees: float
    is_decimal: bool
    axis: Axis | None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, unit, hemisphere, label, separator
    text: str


_CHARACTERS = str.maketrans(
    {
        **{chr(0x660 + i): str(i) for i in range(10)},  # Arabic-Indic digits
        **{chr(0x6F0 + i): str(i) for i in range(10)},  # Persian digits
        "٫": ".",
        "،": ",",
        "؛": ";",
        "−": "-",
        "–": "-",
        "‐": "-",
        "º": "°",
        "˚": "°",
        "′": "'",
        "’": "'",
        "‘": "'",
        "´": "'",
        "`": "'",
        "ʹ": "'",
        "″": '"',
        "”": '"',
        "“": '"',
        "„": '"',
        "ʺ": '"',
        "\u00a0": " ",
        "\u202f": " ",
        "\u200e": "",
        "\u200f": "",
        "\ufeff": "",
    }
)
_SIGN = {"n": 1, "s": -1, "e": 1, "w": -1, "o": -1}
_HEMISPHERE_WORDS = {
    "north": "n", "nord": "n", "norte": "n", "شمال": "n", "شمالا": "n", "ش": "n",
    "south": "s", "sud": "s", "sur": "s", "جنوب": "s", "جنوبا": "s", "ج": "s",
    "east": "e", "est": "e", "este": "e", "شرق": "e", "شرقا": "e", "ق": "e",
    "west": "w", "ouest": "w", "oeste": "w", "غرب": "w", "غربا": "w", "غ": "w",
    "n": "n", "s": "s", "e": "e", "w": "w", "o": "w",
}  # fmt: skip
_LABEL_WORDS: dict[str, Axis] = {
    "lat": "lat", "latitude": "lat", "latitud": "lat", "العرض": "lat",
    "lon": "lon", "lng": "lon", "long": "lon", "longitude": "lon", "longitud": "lon",
    "الطول": "lon",
}  # fmt: skip
# Words that may stand beside a label and mean nothing alone ("خط العرض": line of …).
_FILLERS = {"خط", "دائرة", "gps", "pos", "position", "coordinates", "coordonnées"}
_UNIT_WORDS = {"d": "°", "deg": "°", "degrees": "°", "m": "'", "min": "'", "sec": '"'}

_TOKENS = re.compile(
    r"""(?P<number>[-+]?\d+(?:\.\d+)?)
      | (?P<unit>°|''|'|")
      | (?P<word>[^\W\d_]+)
      | (?P<separator>[,;/|\n:=])
      | (?P<blank>[\s()\[\]{}.]+)""",
    re.VERBOSE,
)


def plain_characters(text: str) -> str:
    """Bring digits, marks and blanks of every script to their plain form."""
    return text.translate(_CHARACTERS).strip()


def looks_numeric(text: str) -> bool:
    """Say whether a text holds only what coordinates are made of, and a digit."""
    plain = plain_characters(text)
    if not any(letter.isdigit() for letter in plain):
        return False
    known = _HEMISPHERE_WORDS.keys() | _LABEL_WORDS.keys() | _UNIT_WORDS.keys()
    words = re.findall(r"[^\W\d_]+", plain.casefold())
    return all(word in known | _FILLERS for word in words)


def decimal_pair(latitude: str, longitude: str) -> tuple[Angle, Angle]:
    """Return the angles of two plain decimal numbers."""
    return _angle([_Token("number", latitude)]), _angle([_Token("number", longitude)])


def read_pair(text: str) -> tuple[Angle, Angle]:
    """Return latitude and longitude, in this order. Raises Unreadable."""
    tokens = _tokens(_with_decimal_points(plain_characters(text)))
    first, second = (_angle(half) for half in _halves(tokens))
    if first.axis and first.axis == second.axis:
        raise Unreadable("same_axis")
    if first.axis == "lon" or second.axis == "lat":
        return second, first
    return first, second


def _with_decimal_points(text: str) -> str:
    """Turn decimal commas into points, where the commas can be nothing else."""
    if re.search(r"\d\.\d", text):
        return text
    inner = re.findall(r"\d,(?=\d)", text)
    numbers = re.findall(r"\d+", text)
    only_commas = not re.search(r"[^\d,\s+-]", text)
    if only_commas and len(inner) == 3 and len(numbers) == 4:
        # 6,69,1,62: the second comma divides the pair.
        return re.sub(r"(\d+),(\d+),\s*([-+]?\d+),(\d+)", r"\1.\2, \3.\4", text)
    if only_commas and len(inner) == 1 and len(numbers) == 2:
        if {*numbers} == {"0"}:
            return text  # what files write for no position at all
        raise Unreadable("one_number")  # 6,69 is one latitude far more often than two
    return re.sub(r"(\d),(\d)", r"\1.\2", text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        found = _TOKENS.match(text, position)
        if found is None:
            raise Unreadable("not_coordinates")
        position = found.end()
        kind = found.lastgroup or ""
        if kind == "word":
            tokens.extend(_word(found.group().casefold(), tokens))
        elif kind != "blank":
            tokens.append(_Token(kind, found.group().replace("''", '"')))
    return tokens


def _word(word: str, before: list[_Token]) -> list[_Token]:
    if word in _FILLERS:
        return []
    if word in _LABEL_WORDS:
        return [_Token("label", _LABEL_WORDS[word])]
    after_number = bool(before) and before[-1].kind == "number"
    if after_number and word == "s" and len(before) > 2 and before[-2].text == "'":
        return [_Token("unit", '"')]  # 31m27s: seconds, not south
    if after_number and word in _UNIT_WORDS:
        return [_Token("unit", _UNIT_WORDS[word])]
    if word in _HEMISPHERE_WORDS:
        return [_Token("hemisphere", _HEMISPHERE_WORDS[word])]
    raise Unreadable("not_coordinates")


def _halves(tokens: list[_Token]) -> tuple[list[_Token], list[_Token]]:
    """Split the tokens into the two angles."""
    numbers = [i for i, token in enumerate(tokens) if token.kind == "number"]
    if not numbers:
        raise Unreadable("not_coordinates")
    if len(numbers) == 1:
        raise Unreadable("one_number")
    cut = _cut(tokens, numbers)
    halves = tokens[:cut], tokens[cut:]
    for half in halves:
        count = sum(token.kind == "number" for token in half)
        if not 1 <= count <= 3:
            raise Unreadable("not_coordinates")
    return halves


def _cut(tokens: list[_Token], numbers: list[int]) -> int:
    marks = [i for i, t in enumerate(tokens) if t.kind in {"hemisphere", "label"}]
    if len(marks) == 2:
        # Marks before their numbers start a half; marks after them end one.
        return marks[1] if marks[0] < numbers[0] else marks[0] + 1
    if len(marks) > 2:
        raise Unreadable("not_coordinates")
    between = [
        i
        for i, token in enumerate(tokens)
        if token.kind == "separator" and numbers[0] < i < numbers[-1]
    ]
    strong = [i for i in between if tokens[i].text not in ":="]
    if len(strong) == 1:
        return strong[0] + 1
    degrees = [i for i, token in enumerate(tokens) if token.text == "°"]
    if len(degrees) == 2:
        return degrees[1] - 1
    if len(numbers) % 2:
        raise Unreadable("not_coordinates")
    return numbers[len(numbers) // 2]


def _angle(tokens: list[_Token]) -> Angle:
    """Turn the tokens of one half into an angle."""
    raw = [token.text for token in tokens if token.kind == "number"]
    negative = raw[0].startswith("-")
    sizes = (1.0, 1 / 60, 1 / 3600)
    total = 0.0
    for text, size in zip(raw, sizes, strict=False):
        value = abs(float(text))
        if size < 1 and (value >= 60 or text.startswith("-")):
            raise Unreadable("not_coordinates")
        total += value * size
    decimals = len(raw[-1].partition(".")[2])
    axis, sign = _axis_and_sign(tokens)
    if negative and sign:
        raise Unreadable("not_coordinates")
    return Angle(
        degrees=total * (sign or (-1 if negative else 1)),
        unit_degrees=sizes[len(raw) - 1] * 10.0**-decimals,
        is_decimal=len(raw) == 1,
        axis=axis,
    )


def _axis_and_sign(tokens: list[_Token]) -> tuple[Axis | None, int]:
    """Return the named axis, and the sign of a hemisphere (0: none named)."""
    for token in tokens:
        if token.kind == "hemisphere":
            return ("lat" if token.text in "ns" else "lon"), _SIGN[token.text]
        if token.kind == "label":
            return ("lat" if token.text == "lat" else "lon"), 0
    return None, 0
