"""folium turns text into script; only geo/maps.py, which knows how to stop it, may name it."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def test_only_the_safe_wrapper_imports_folium() -> None:
    files = [ROOT / "app.py"]
    files += [
        path
        for name in ("directory", "geo", "importers")
        for path in (ROOT / name).rglob("*.py")
    ]
    users = {
        str(path.relative_to(ROOT))
        for path in files
        if imported(path) & {"folium", "branca"}
    }
    assert users == {"geo/maps.py"}


def test_no_script_builds_markup_from_text() -> None:
    for path in (ROOT / "static" / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ):
            assert way not in text, f"{path.name} uses {way}"
