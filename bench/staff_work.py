"""A directory with much to do: what the lists of staff are measured with besides a tidy one.

A copy of a database of N invented entries, in which every fifth organization is a draft, and in
which there are entries for each worklist, proposals, versions, and a table of 10,000 rows that
somebody sent.
"""

from __future__ import annotations

import hashlib
import json

import psycopg
from psycopg import sql

from bench import database
from civicnet.embedded import EmbeddedServer

# Of 91,000 organizations about 18,000.
DRAFTS = "UPDATE orgs_organization SET status = 'draft', published_at = NULL WHERE id % 5 = 0"
# In the order in which they stand, each a transaction.
WORK = (
    DRAFTS,
    # Labels that one language lacks, and milestones and labels that it left behind.
    "UPDATE orgs_organizationwebaddress SET label_it = 'Sito' WHERE id % 2 = 0",
    "UPDATE orgs_organizationwebaddress SET label_it = 'Sito', label_en = 'Site' WHERE id % 9 = 1",
    "UPDATE orgs_organizationwebaddress SET label_it = 'Il sito' WHERE id % 9 = 1 AND id % 2 = 1",
    # Summaries that one language left behind.
    "UPDATE orgs_organization SET summary_it = summary_it || '.'"
    " WHERE id % 11 = 0 AND summary_en > '' AND length(summary_it) < 290",
    "UPDATE orgs_organization SET checked_on = current_date - (id % 900)::int WHERE id % 3 = 0",
    "INSERT INTO directory_suspecteddouble (kind, low, high, why)"
    " SELECT (SELECT id FROM directory_kind WHERE key = 'organization'), one.id, one.id + 1,"
    " '[\"name\"]'"
    " FROM orgs_organization AS one WHERE one.id % 30 = 0"
    " AND EXISTS (SELECT FROM orgs_organization AS two WHERE two.id = one.id + 1)",
    "INSERT INTO links_link (url, verdict, reason, leads_to, moved, since, failures, failed_on,"
    " checked_at, silenced, note)"
    " SELECT url, 'fails', 'name', '', false, now(), 3, current_date, now(), false, ''"
    " FROM orgs_organizationwebaddress WHERE id % 25 = 0 ON CONFLICT DO NOTHING",
    "INSERT INTO staff_user (username, password, is_superuser, first_name, last_name, email,"
    " is_staff, is_active, date_joined, language, logins_ended)"
    " VALUES ('author', '', false, '', '', '', true, true, now(), 'it', 0)",
    "INSERT INTO orgs_organizationproposal (entry_id, author_id, base_version, before, after,"
    " saves, why, state, answer, accepted, made, changed)"
    " SELECT id, (SELECT id FROM staff_user WHERE username = 'author'), version,"
    " jsonb_build_object('fields', jsonb_build_object('name_it', name_it), 'lists', '{}'::jsonb),"
    " jsonb_build_object('fields', jsonb_build_object('name_it', name_it || '.'),"
    " 'lists', '{}'::jsonb),"
    " 1, '', 'open', '', '[]', now(), now()"
    " FROM orgs_organization WHERE status = 'published' AND id % 46 = 0",
    # A hundred thousand versions, of which the entries of five thousand are no more.
    "INSERT INTO reversion_revision (date_created, comment)"
    " SELECT now() - n * interval '1 minute', 'bench' FROM generate_series(1, 20000) AS n",
    "INSERT INTO reversion_version (object_id, content_type_id, db, format, serialized_data,"
    " object_repr, revision_id)"
    " SELECT CASE WHEN n % 20 = 0 THEN 10000000 + n ELSE 1 + n % 90000 END::text,"
    " (SELECT id FROM django_content_type WHERE app_label = 'orgs' AND model = 'organization'),"
    " 'default', 'json', repeat('x', 3000), 'Orti ' || n,"
    " (SELECT min(id) FROM reversion_revision WHERE comment = 'bench') + n % 20000"
    " FROM generate_series(1, 100000) AS n",
    'INSERT INTO exchange_sheet (id, user_id, kind, file_name, status, headers, "left")'
    " SELECT 1, id, 'organization', 'bench.csv', 'draft', '[\"name_it\"]', '[]'"
    " FROM staff_user WHERE username = 'bench'",
    "INSERT INTO exchange_sheetrow (sheet_id, number, outcome, entry, version, name, cells, values,"
    " before, why)"
    " SELECT 1, n, CASE WHEN n % 2 = 0 THEN 'new' ELSE 'changed' END,"
    " CASE WHEN n % 2 = 1 THEN n END, 1, 'Orti ' || n,"
    ' \'["Orti"]\', \'{"name_it": "Orti"}\', \'{"name_it": "Orto"}\', \'[]\''
    " FROM generate_series(1, 10000) AS n",
)


def have(server: EmbeddedServer, number: int) -> str:
    """The address of the copy, which is made unless it is there."""
    name = f"{database.name(number)}_work"
    done_file = database.VAR / "made.json"
    done: dict[str, str] = json.loads(done_file.read_text())
    mark = f"{database.fingerprint(number)} {hash_of_work()}"
    if done.get(name) != mark:
        print("bench: giving staff something to do …", flush=True)
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            copy, original = sql.Identifier(name), sql.Identifier(database.name(number))
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy))
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(make.format(copy, original))
        with psycopg.connect(server.address(name), autocommit=True) as connection:
            connection.execute(
                "INSERT INTO staff_user (username, password, is_superuser, first_name, last_name,"
                " email, is_staff, is_active, date_joined, language, logins_ended) VALUES ('bench',"
                " '', true, '', '', '', true, true, now(), 'it', 0) ON CONFLICT DO NOTHING"
            )
            for statement in WORK:
                connection.execute(statement)
            connection.execute("VACUUM ANALYZE")
        done_file.write_text(json.dumps(done | {name: mark}))
    return server.address(name)


def hash_of_work() -> str:
    return hashlib.sha256("\n".join(WORK).encode()).hexdigest()[:12]
