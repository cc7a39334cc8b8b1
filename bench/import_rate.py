"""How long 100,000 rows take to import, and how much memory grows; on a database of its own.

    python -m bench.import_rate [ROWS] [--status published] [--xlsx]

makes a database ``bench_import`` beside the one of DATABASE_URL, with the territory and the
vocabularies, and a file of invented rows with the dirt of real ones. The figures are those of
the command as an operator runs it. The second run, which changes nothing, is measured too.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

NAME = "bench_import"
HEADER = (
    *("Denominazione", "Codice fiscale", "Tipologia", "Indirizzo", "CAP", "Comune", "Prov."),
    *("Telefono", "E-mail", "Sito web", "Data di costituzione", "Finalità", "Ambito", "Note"),
)
WHAT = ("ASSOCIAZIONE", "COMITATO", "CIRCOLO", "GRUPPO", "CENTRO CULTURALE", "Cooperativa sociale")
WHO = ("IL PONTE", "L'AQUILONE", "LA CITTA' NUOVA", "ARCOBALENO", "LIBERTA'", "INSIEME", "RADICI")
FORM = ("ODV", "APS", "ASD", "ONLUS", "", "ETS")
KINDS = ("Associazione", "Cooperativa", "Fondazione", "ODV")
THEMES = ("Volontariato", "Cultura e arte; Ecologia", "Protezione civile", "altro")
PURPOSE = (
    "L'associazione persegue finalità civiche, solidaristiche e di utilità sociale, con attività "
    "di interesse generale svolte   in prevalenza a favore di terzi."
)


def fiscal_code(number: int) -> str:
    digits = f"{number % 10_000_000_000:010}"
    total = sum(
        int(digit) if place % 2 == 0 else sum(divmod(int(digit) * 2, 10))
        for place, digit in enumerate(digits)
    )
    return f"{digits}{-total % 10}".lstrip("0")


def rows(count: int) -> Any:
    fixtures = Path(__file__).resolve().parent.parent / "fixtures" / "places" / "comuni.csv"
    with fixtures.open(encoding="utf-8") as file:
        cities = [(row["name"], row["province_sigla"]) for row in csv.DictReader(file)]
    chance = random.Random(1)  # noqa: S311
    for number in range(count):
        city, sigla = chance.choice(cities)
        name = f"{chance.choice(WHAT)} {chance.choice(WHO)} {number} {chance.choice(FORM)}"
        yield (
            name,
            fiscal_code(800_000_000 + number * 7),
            chance.choice(KINDS),
            f"VIA GARIBALDI N. {number % 200}",
            f"{number % 98000}",
            city.upper() if number % 2 else f"{city} ({sigla})",
            sigla,
            f"{10_000_000 + number}",
            f"info{number}@esempio.example" if number % 3 else "-",
            f"WWW.ESEMPIO{number}.EXAMPLE" if number % 2 else "",
            chance.choice(("2010", "giugno 2015", "01/02/1999", "n.d.")),
            PURPOSE,
            chance.choice(THEMES),
            f"nota {number}",
        )


def write(path: Path, count: int) -> None:
    if path.suffix == ".xlsx":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Elenco")
        for row in (HEADER, *rows(count)):
            sheet.append(row)
        book.save(path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows((HEADER, *rows(count)))


def manage(*arguments: str) -> tuple[str, float, float, float]:
    """What the command said, its seconds, those of its processor alone, and the most memory it
    had, in megabytes."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_rate", "--inside", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - start
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    cpu, most = map(float, done.stderr.strip().splitlines()[-1].split())
    return done.stdout, seconds, cpu, most


def inside(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicnet.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *arguments])
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}", file=sys.stderr)


def main() -> None:
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2:])
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--status", default="in_review")
    parser.add_argument("--xlsx", action="store_true")
    asked = parser.parse_args()
    address = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        database = sql.Identifier(NAME)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
    os.environ["DATABASE_URL"] = urlunsplit(address._replace(path=f"/{NAME}"))
    manage("migrate", "-v0")
    manage("load_fixtures", "-v0")
    with tempfile.TemporaryDirectory() as folder:
        name = "rows.xlsx" if asked.xlsx else "rows.csv"
        path, small = Path(folder, name), Path(folder, f"small-{name}")
        write(path, asked.rows)
        write(small, 100)
        report = ["--report", str(Path(folder, "report.csv"))]
        _said, seconds, _cpu, base = manage(
            "import_organizations", str(small), "--dry-run", *report
        )
        print(f"100 rows, dry run: {seconds:.1f} s, {base:.0f} MB at most")
        for run in ("first", "second"):
            said, seconds, cpu, most = manage(
                "import_organizations", str(path), "--status", asked.status, *report
            )
            print(
                f"{run} run: {seconds:.1f} s ({cpu:.1f} s of Python), {most:.0f} MB at most,"
                f" {most - base:.0f} MB more"
            )
            for line in said.splitlines():
                if line.startswith("  ") and "→" not in line:
                    print(line)


if __name__ == "__main__":
    main()
