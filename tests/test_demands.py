"""What the database demands of what is published, whoever writes and by whichever way."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from networks.models import Network
from orgs.models import Organization
from projects.models import Project
from tests import builders as make
from tests.test_merging import settle

every_kind = pytest.mark.parametrize("model", [Organization, Network, Project])


def public(model, name: str = "Una"):
    one = make.make_entry(model, name, {})
    settle()
    return one


@every_kind
@pytest.mark.parametrize("texts", [{"summary_it": "", "summary_en": None}, {"summary_it": None}])
def test_what_is_public_keeps_a_summary_in_one_language(db, model, texts):
    one = public(model)
    model.objects.filter(pk=one.pk).update(summary_en="What it does.", summary_it="")
    with pytest.raises(IntegrityError, match="published_has_summary"), transaction.atomic():
        model.objects.filter(pk=one.pk).update(**{"summary_en": ""} | texts)
    model.objects.filter(pk=one.pk).update(status="archived", summary_en="")


@every_kind
def test_what_is_public_keeps_a_source_whichever_way_it_would_go(db, model):
    one, other = public(model), public(model, "Altra")
    table = one.sources.model._meta.db_table

    def refused(write) -> None:
        def all_of_it() -> None:
            with transaction.atomic():
                write()
                settle()

        with pytest.raises(IntegrityError, match="is published and has no source"):
            all_of_it()

    refused(one.sources.all().delete)
    refused(lambda: one.sources.update(entry=other))
    refused(lambda: connection.cursor().execute(f"DELETE FROM {table}"))
    refused(lambda: connection.cursor().execute(f"TRUNCATE {table} CASCADE"))
    bare = make.make_entry(model, "Nuda", {"status": "draft", "summary_it": "x"})
    refused(lambda: model.objects.filter(pk=bare.pk).update(status="published"))
    refused(lambda: model.objects.create(name_it="Nuova", summary_it="x", status="published"))
    new = model.objects.create(name_it="Nuova", summary_it="x", status="published")
    new.sources.create(title_it="Statuto")
    settle()
    first = one.sources.get()
    one.sources.create(title_it="Un’altra")
    first.delete()
    settle()
    one.delete()
    settle()


@pytest.mark.django_db(transaction=True)
def test_two_who_each_take_one_of_the_last_two_sources_do_not_both_pass():
    one = make.make_organization()
    first, last = one.sources.get(), one.sources.create(title_it="Un’altra")
    address = connection.get_connection_params()
    mine, theirs = (psycopg.connect(**_plain(address)) for _one in range(2))
    with mine, theirs:
        statement = "DELETE FROM orgs_organizationsource WHERE id = %s"
        mine.execute(statement, [first.pk])
        theirs.execute(statement, [last.pk])
        mine.commit()
        with pytest.raises(psycopg.errors.CheckViolation):
            theirs.commit()
    assert [source.pk for source in one.sources.all()] == [last.pk]


def _plain(address: dict) -> dict:
    return {
        name: address[name]
        for name in ("dbname", "user", "password", "host", "port")
        if address.get(name)
    }
