"""`make setup`: the environment of a developer, with everything the tests and checks need."""

import sys

from bin import catalogues, environment, progress


def main() -> int:
    """Install what is missing and return the exit code."""
    try:
        environment.ensure("dev")
        catalogues.compile_catalogues()
    except progress.StepFailedError as error:
        progress.say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    progress.say("Ready: .venv holds everything.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
