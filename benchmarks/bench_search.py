"""The directory's list and search over a whole region's facilities, beside a plain LIKE.

    python -m benchmarks.bench_search

Reads the list of 98,745 facilities below REAL_DATA_DIR into a database of its own, or measures the
database that BENCH_DATABASE_URL names, with the index that is in INSTANCE_DIR.
"""

import http.client
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import site
from benchmarks.measure import Timing, measure, show
from directory.database import make_engine
from directory.models import Offer

COUNTRY = "NG"
"""The country with the most facilities of the list."""
ROUNDS = 12
WORDS = {
    "en": ("hospital", "primary health centre", "lagos clinic", "maternity"),
    "fr": ("hôpital", "soins de santé", "clinique lagos", "pharmacie"),
    "es": ("hospital", "atención primaria", "clínica", "salud"),
    "ar": ("مستشفى", "الرعاية الصحية الأولية", "عيادة", "المستشفيات"),
}
MISSPELT = ("hospitl", "maternty", "helth centre")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = site.database(Path(folder))
        if os.environ.get("BENCH_DATABASE_URL"):
            environment["INSTANCE_DIR"] = os.environ.get("INSTANCE_DIR", folder)
        started = time.perf_counter()
        if not os.environ.get("BENCH_DATABASE_URL"):
            site.flask(environment, "search", "rebuild")
        seconds = time.perf_counter() - started
        engine = make_engine(environment["DATABASE_URL"])
        with Session(engine) as session, site.server(environment) as port:
            count = session.scalar(select(func.count()).select_from(Offer))
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            timings = [*_timings(connection), _plain(session)]
            size = len(_get(connection, f"/services?country={COUNTRY}"))
        show(f"{count:,} offers, one gunicorn process, HTTP on loopback", timings)
        if seconds > 1:
            print(f"Index made anew in {seconds:.1f} s")
        print(f"First page {size / 1000:.1f} kB compressed")


def _timings(connection: http.client.HTTPConnection) -> list[Timing]:
    base = f"/services?country={COUNTRY}&lang="
    pages = [f"{base}{lang}&page={page}" for lang in WORDS for page in (1, 2, 40)]
    found = [_over(connection, f"list, {COUNTRY}, 4 languages", pages)]
    filtered = [f"{base}{lang}&term=health.primary&cost=unknown" for lang in WORDS]
    found.append(_over(connection, "list with two filters", filtered))
    for lang, texts in WORDS.items():
        paths = [f"{base}{lang}&q={quote(text)}" for text in texts]
        found.append(_over(connection, f"search, {lang}", paths))
    misspelt = [f"{base}en&q={quote(text)}" for text in MISSPELT]
    found.append(_over(connection, "search, misspelt", misspelt))
    everywhere = [f"/services?lang={lang}&q={quote(WORDS[lang][0])}" for lang in WORDS]
    found.append(_over(connection, "search, all countries", everywhere))
    return found


def _over(
    connection: http.client.HTTPConnection, name: str, paths: Sequence[str]
) -> Timing:
    return measure(name, lambda path: _get(connection, path), [*paths] * ROUNDS)


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, (path, response.status)
    return body


def _plain(session: Session) -> Timing:
    """What a directory without an index does: names that contain one word, in one language."""
    words = ["hospital", "primary", "clinic", "maternity"]
    return measure(
        "plain LIKE over names, no ranking, no languages",
        lambda word: session.execute(
            select(Offer.service_id).where(
                Offer.country == COUNTRY, Offer.sort_name.contains(word)
            )
        ).all(),
        words * ROUNDS,
    )


if __name__ == "__main__":
    main()
