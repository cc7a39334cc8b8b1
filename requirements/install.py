"""Make .venv and install one of the pinned sets into it: `python3 requirements/install.py demo`.

Runs under the system's Python, before anything is installed: standard library only.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SUPERSETS = {"production": ("demo", "dev"), "demo": ("dev",), "dev": ()}


def main(name: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (the one place that an older Python reaches)
        sys.exit(
            f"civicnet needs Python 3.11 or newer, and this is {sys.version.split()[0]}:"
            " make PYTHON=python3.11 …"
        )
    pins = (ROOT / "requirements" / f"{name}.txt").read_text()
    marker = VENV / f"{name}.installed"
    if not _holds(name, pins):
        print(f"civicnet: installing requirements/{name}.txt into .venv …", flush=True)
        _install(name)
    marker.write_text(pins)


def _holds(name: str, pins: str) -> bool:
    """Whether exactly these pins are there, by themselves or within a wider set."""
    for wider in (name, *SUPERSETS[name]):
        marker = VENV / f"{wider}.installed"
        current = ROOT / "requirements" / f"{wider}.txt"
        if marker.exists() and marker.read_text() == current.read_text():
            return (VENV / "bin" / "python").exists()
    return False


def _install(name: str) -> None:
    python = VENV / "bin" / "python"
    try:
        if (
            not python.exists()
            or subprocess.run(
                [python, "-m", "pip", "--version"], capture_output=True, check=False
            ).returncode
        ):
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run(
            [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--require-hashes",
                "--requirement",
                ROOT / "requirements" / f"{name}.txt",
            ],
            check=True,
        )
    except subprocess.CalledProcessError as error:
        sys.exit(
            "civicnet: the environment could not be made (see above)."
            + (" On Debian: apt-get install python3-venv." if "venv" in error.cmd else "")
        )


if __name__ == "__main__":
    main(sys.argv[1])
