"""Who may import whom: the contracts of pyproject.toml hold."""

from importlinter.cli import lint_imports


def test_no_import_goes_against_the_layers() -> None:
    assert lint_imports(no_cache=True) == 0
