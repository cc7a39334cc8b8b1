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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
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


class Run(NamedTuple):
    said: str
    seconds: float
    python: float
    """Seconds of a processor, in the command's own process."""
    second: float
    """The same, in the process that helps it to read."""
    database: float
    """The same, in the process of the database that serves it."""
    most: float
    """The most memory of both processes at once, in megabytes; what they share counts once."""


def manage(*arguments: str) -> Run:
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.import_rate", "--inside", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with ThreadPoolExecutor(1) as beside:
        watched = beside.submit(most_memory, process)
        said, errors = process.communicate()
        seconds = time.monotonic() - start
    if process.returncode:
        sys.exit(said + errors)
    python, second, database = map(float, errors.strip().splitlines()[-1].split())
    return Run(said, seconds, python, second, database, watched.result())


def most_memory(process: subprocess.Popen[str]) -> float:
    most = 0
    while process.poll() is None:
        together = 0
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        try:
            for pid in (process.pid, *children.read_text().split()):
                said = Path(f"/proc/{pid}/smaps_rollup").read_text()
                together += int(said.partition("\nPss:")[2].split()[0])
        except (OSError, IndexError):
            continue  # One of them has just ended.
        most = max(most, together)
        time.sleep(0.2)
    return most / 1024


def inside(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicnet.settings")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    from exchange.command import NICE

    os.nice(NICE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    before = seconds_of(backend)
    call_command(*arguments)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(*(each.ru_utime + each.ru_stime for each in used), seconds_of(backend) - before,
          file=sys.stderr)  # fmt: skip


def seconds_of(stat: Path) -> float:
    """Of a processor; 0 where the database is elsewhere."""
    if not stat.exists():
        return 0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_database() -> str:
    """Its address, which is that of this process and what it starts from now on."""
    address = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        database = sql.Identifier(NAME)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
    made = urlunsplit(address._replace(path=f"/{NAME}"))
    os.environ["DATABASE_URL"] = made
    manage("migrate", "-v0")
    manage("load_fixtures", "-v0")
    return made


def main() -> None:
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2:])
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--status", default="in_review")
    parser.add_argument("--xlsx", action="store_true")
    asked = parser.parse_args()
    make_database()
    with tempfile.TemporaryDirectory() as folder:
        name = "rows.xlsx" if asked.xlsx else "rows.csv"
        path, small = Path(folder, name), Path(folder, f"small-{name}")
        write(path, asked.rows)
        write(small, 100)
        report = ["--report", str(Path(folder, "report.csv"))]
        few = manage("import_organizations", str(small), "--dry-run", *report)
        print(f"100 rows, dry run: {few.seconds:.1f} s, {few.most:.0f} MB at most")
        for name in ("first", "second"):
            run = manage("import_organizations", str(path), "--status", asked.status, *report)
            print(
                f"{name} run: {run.seconds:.1f} s (of processors: {run.python:.1f} s Python,"
                f" {run.second:.1f} s its second process, {run.database:.1f} s PostgreSQL;"
                f" load {os.getloadavg()[0]:.1f}), {run.most:.0f} MB at most,"
                f" {run.most - few.most:.0f} MB more"
            )
            for line in run.said.splitlines():
                if line.startswith("  ") and "→" not in line:
                    print(line)


if __name__ == "__main__":
    main()
