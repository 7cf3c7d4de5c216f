"""Files and functions stay readable (HOUSE section 4)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("app.py", "directory", "geo", "importers", "benchmarks", "tests", "bin")
FILE_LIMIT, FUNCTION_LIMIT, VIEWS_LIMIT, TEMPLATE_LIMIT, APP_LIMIT = (
    400,
    50,
    250,
    250,
    80,
)


def python_files() -> Iterator[Path]:
    """Every Python file of the project but the migrations, which a tool writes."""
    for name in CODE:
        path = ROOT / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def lines(path: Path) -> int:
    """How many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_over_its_limit() -> None:
    long = {str(path.relative_to(ROOT)): lines(path) for path in python_files()}
    over = {
        name: count
        for name, count in long.items()
        if count > (VIEWS_LIMIT if name.endswith("views.py") else FILE_LIMIT)
    }
    assert not over
    assert lines(ROOT / "app.py") <= APP_LIMIT


def test_no_function_is_over_its_limit() -> None:
    over = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = (node.end_lineno or node.lineno) - node.lineno + 1
                if count > FUNCTION_LIMIT:
                    over[f"{path.relative_to(ROOT)}:{node.name}"] = count
    assert not over


def test_no_template_is_over_its_limit() -> None:
    found = sorted((ROOT / "templates").rglob("*.html"))
    assert found
    assert not {
        str(p.relative_to(ROOT)): lines(p) for p in found if lines(p) > TEMPLATE_LIMIT
    }


def test_only_edge_files_read_the_clock() -> None:
    edge = {"views", "api", "cli", "forms", "tasks"}
    readers = set()
    for path in (ROOT / "directory").rglob("*.py"):
        relative = path.relative_to(ROOT)
        if path.stem in edge or "views" in relative.parts or "web" in relative.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if "datetime.now(" in text or "date.today(" in text or "utcnow(" in text:
            readers.add(str(relative))
    assert not readers - {"directory/demonstration.py"}


def test_folium_is_met_in_one_module_only() -> None:
    found = {
        str(path.relative_to(ROOT))
        for name in ("directory", "geo", "importers")
        for path in (ROOT / name).rglob("*.py")
        if "import folium" in (text := path.read_text(encoding="utf-8"))
        or "from folium" in text
    }
    assert found <= {"geo/maps.py"}


def test_no_template_switches_escaping_off() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", ""), path
        assert "autoescapefalse" not in text.replace(" ", ""), path
