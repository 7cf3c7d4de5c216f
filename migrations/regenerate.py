"""Write the first migration anew from the models; only until the first release.

python migrations/regenerate.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alembic import command  # noqa: E402 -- after the path is known
from alembic.config import Config  # noqa: E402


def main() -> None:
    """Compare the models with an empty database and keep the difference as 0001_initial.py."""
    versions = ROOT / "migrations" / "versions"
    target = versions / "0001_initial.py"
    kept = target.read_text() if target.exists() else ""
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Config()
        settings.set_main_option("script_location", str(ROOT / "migrations"))
        settings.attributes["url"] = f"sqlite:///{folder}/empty.sqlite3"
        try:
            command.revision(
                settings, "Initial schema", autogenerate=True, rev_id="0001"
            )
        except Exception:
            target.write_text(kept)
            raise
    (versions / "0001_initial_schema.py").rename(target)
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "format", "--quiet", target], check=True)
    print(f"Wrote {target.relative_to(ROOT)}")  # noqa: T201 -- a command's own word


if __name__ == "__main__":
    main()
