"""Resolve requirements/*.in into *.txt, for every system and Python 3.11 or newer, with hashes.

Uses uv from a throw-away environment. The results name no index, no path and no comment of the
tool, so that they are the same wherever they are made.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        bin_folder = Path(folder) / "bin"
        subprocess.run([bin_folder / "python", "-m", "pip", "install", "-q", "uv"], check=True)
        for name in ("production", "demo", "dev", "bench"):
            subprocess.run(
                [bin_folder / "uv", "pip", "compile", "--quiet", "--upgrade", "--universal",
                 "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate",
                 "--no-emit-index-url", "--no-emit-find-links",
                 "--output-file", f"{name}.txt", f"{name}.in"],
                cwd=FOLDER,
                check=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
