"""Compiles the interface catalogues where they are newer than what was compiled from them."""

from pathlib import Path

from bin import environment, progress

TRANSLATIONS = progress.ROOT / "translations"


def compile_catalogues() -> None:
    """Have a compiled catalogue beside every translated one."""
    sources = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    if all(_is_compiled(source) for source in sources):
        return
    progress.run(
        "Compiling the translations",
        [environment.tool("pybabel"), "compile", "--directory", TRANSLATIONS],
    )


def _is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime
