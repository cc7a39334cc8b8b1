"""How every test runs: on one embedded PostgreSQL, with the settings of nobody's environment.

The process that was started by hand (with pytest-xdist: the controller) starts the server and
hands it on by DATABASE_URL; ``tests.databases`` then makes those of each worker.
"""

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from civicnet.embedded import EmbeddedServer  # noqa: E402
from civicnet.unprivileged import can_reach, unprivileged_account  # noqa: E402
from tests import databases  # noqa: E402


def python_of_others() -> Path | None:
    """A Python like this one that an unprivileged account may run on this checkout."""
    account = unprivileged_account(Path("/"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    candidates = (Path(sys.executable).resolve(), Path(f"/usr/bin/python{version}"))
    if not account or not can_reach(ROOT, account):
        return None
    return next((one for one in candidates if one.exists() and can_reach(one, account)), None)


CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# The one Java program, the checker of HTML, comes with npm.
JAVA = shutil.which("java") and shutil.which("npm")
# A marker, what it needs, and whether that is here.
NEEDS: dict[str, tuple[str, object]] = {
    "browser": ("Chromium", CHROMIUM),
    "java": ("Java or npm", JAVA),
    "root": ("the right to change accounts", os.geteuid() == 0),
    "other_account": ("an account that may enter here", python_of_others()),
}
# What can be installed is a fault where it is missing from CI; who runs the tests is not.
DEMANDED = {"browser", "java"} if os.environ.get("CI") == "true" else set()

# The files that take longest, longest first (`--durations=0` tells). The second asks for no
# database, so that its process need not wait until the first one's has been made.
DEAR = (
    "test_accessibility",
    "test_demo",
    "test_attacks",
    "test_newsroom",
    "test_keyboard",
    "test_proposals_decided",
    "test_collisions",
    "test_merging",
    "test_admin_browser",
    "test_admin_editing",
    "test_dumps",
    "test_workflow",
    "test_proposals",
    "test_at_once",
    "test_collisions_of_words",
    "test_fixtures_anew",
    "test_agreement",
    "test_lapse",
    "test_lists_at_size",
    "test_admin_content",
    "test_contract",
    "test_places",
    "test_fixtures",
    "test_map_browser",
    "test_hostile",
    "test_links",
    "test_parameters",
    "test_place_matching",
    "test_tables",
    "test_picture_rows",
    "test_picture_admin",
    "test_search",
    "test_proposal_budgets",
    "test_social_cards",
    "test_page_cache",
    "test_admin_paths",
    "test_list_counts",
    "test_suggestions",
    "test_text",
    "test_history",
    "test_door",
    "test_budgets",
    "test_import_killed",
    "test_health",
    "test_html",
    "test_embedded",
)

server_key = pytest.StashKey[EmbeddedServer]()
missing_key = pytest.StashKey[dict[str, int]]()
media_key = pytest.StashKey[str]()


# ------------------------------------------------------------------ the database and the settings
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives Chromium; deselected where it is missing")
    config.addinivalue_line("markers", "java: runs Java, from npm; deselected where one is missing")
    config.addinivalue_line("markers", "root: gives up root's rights; deselected without them")
    config.addinivalue_line("markers", "other_account: runs under one; deselected if there is none")
    config.stash[missing_key] = {}
    if not hasattr(config, "workerinput"):
        _forget_the_environment()
        # A shell that starts this in the background lets it ignore Ctrl-C, and so would all that
        # the tests start.
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        # A plain kill is treated like Ctrl-C, so that the server is stopped on the way out.
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
        server = EmbeddedServer(ROOT / "var" / "test", durable=False)
        server.acquire()
        config.stash[server_key] = server
        # Of this run alone: two runs at a time share the server, not the databases.
        os.environ["DATABASE_URL"] = server.address(f"run{os.getpid()}")
        os.environ["SECRET_KEY"] = "for tests only " * 4
        os.environ["BASE_URL"] = "http://127.0.0.1:8000"
        os.environ["CONTACT_EMAIL"] = "contact@civicnet.example"
        # The stamp rises at commit, which most tests never reach: they see pages rendered anew.
        os.environ["PAGE_CACHE_MB"] = "0"
        # Editors of most tests come in with a cookie; tests/test_door.py is about the codes.
        os.environ["SECOND_FACTOR"] = "optional"

    config.stash[media_key] = tempfile.mkdtemp(prefix="civicnet-test-")
    for name in ("media", "static"):
        folder = Path(config.stash[media_key], name)
        folder.mkdir()
        os.environ[f"{name.upper()}_ROOT"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "civicnet.settings"

    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LOGGING["root"]["level"] = "WARNING"


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(media_key, None):
        shutil.rmtree(folder, ignore_errors=True)
    if server := config.stash.get(server_key, None):
        databases.drop_all()
        server.release()


def _forget_the_environment() -> None:
    """No variable that the settings read may come from the person who runs the tests."""
    for line in (ROOT / ".env.example").read_text().splitlines():
        os.environ.pop(line.lstrip("# ").partition("=")[0], None)


# ------------------------------------------------------------------ tests that need something
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here, and count it; what CI demands stays, and fails."""
    left_out: list[pytest.Item] = []
    for marker, (what, found) in NEEDS.items():
        if found or marker in DEMANDED:
            continue
        needing = [item for item in items if item.get_closest_marker(marker)]
        config.stash[missing_key][what] = len(needing)
        left_out += needing
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    # Files that take long come first, so that no worker is left with one when the others are done.
    rank = {name: number for number, name in enumerate(DEAR)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(DEAR)))


def pytest_collection_finish() -> None:
    """What is here by now stays to the end: no use in looking through it again for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (what, found) in NEEDS.items():
        if item.get_closest_marker(marker) and not found:
            pytest.fail(f"{what} is missing, and CI=true demands it.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["missing"] = session.config.stash[missing_key]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker collects everything, so any of them knows what was left out."""
    node.config.stash[missing_key].update(getattr(node, "workeroutput", {}).get("missing", {}))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    counts = {what: count for what, count in config.stash[missing_key].items() if count}
    for what, count in counts.items():
        terminalreporter.write_line(f"deselected because {what} is missing: {count}")
    if hasattr(config, "workerinput") or not config.pluginmanager.hasplugin("dsession"):
        return
    # Plugins look into what is counted here.
    left_out = [SimpleNamespace() for _one in range(sum(counts.values()))]
    # pytest-xdist's controller does not hear of it from its workers; this reaches the last line.
    terminalreporter.stats.setdefault("deselected", []).extend(left_out)


# ------------------------------------------------------------------ the language
@pytest.fixture(autouse=True)
def italian_unless_said() -> None:
    """A request leaves its language active in the thread; no test may depend on the one before."""
    from django.utils import translation

    translation.activate("it")


# ------------------------------------------------------------------ the end of the transaction
@pytest.fixture(autouse=True, scope="session")
def pages_see_what_the_test_wrote() -> None:
    """The index is kept at the end of a transaction, which most tests never reach: what waits
    for it happens before each request, past Django's query log."""
    from django.core.signals import request_started
    from django.db import connection

    def settle(**said: Any) -> None:
        if connection.in_atomic_block and connection.connection:
            settle_now(connection.connection)

    request_started.connect(settle, weak=False, dispatch_uid="settle")


@pytest.fixture(autouse=True)
def files_see_what_the_test_wrote(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test's transaction is seen from its own connection only, so files are read from that;
    outside of one, from a connection of their own as on the site."""
    from contextlib import contextmanager

    from django.db import connection

    from exports import lines

    lent = lines.lent

    @contextmanager
    def lend_own() -> Iterator[Any]:
        if connection.in_atomic_block:
            yield connection.connection
            return
        with lent() as line:
            yield line

    monkeypatch.setattr(lines, "lent", lend_own)
    yield
    if lines.pool.cache_info().currsize:
        lines.pool().close()
        lines.pool.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def answers_remember_their_pages(django_test_environment: None) -> Iterator[None]:
    """Django's test client keeps a copy of the context of each template, so of each input of a
    form and of each of its attributes: many hundreds, which no test asks for. Of those nobody is
    told in the first place."""
    from django.template import Template

    tell = Template._render

    def tell_of_pages(self: Any, context: Any) -> Any:
        is_part = str(self.name).startswith(("django/forms/", "admin/widgets/"))
        return self.nodelist.render(context) if is_part else tell(self, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", tell_of_pages)
        yield


def settle_now(line: Any) -> None:
    line.execute("SET CONSTRAINTS ALL IMMEDIATE")
    line.execute("SET CONSTRAINTS ALL DEFERRED")


# ------------------------------------------------------------------ the first content
@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: the empty tables, copied."""
    with django_db_blocker.unblock(), databases.lent(databases.TABLES), django_db_blocker.block():
        yield


@pytest.fixture(scope="module")
def content_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The fixtures, loaded once for all; what a module adds to them for its tests is in a
    transaction that is never committed."""
    from django.db import transaction

    with django_db_blocker.unblock(), databases.lent(databases.CONTENT), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def content(content_once: None, db: None) -> None:
    """The real first content; what a test changes is undone after it."""


@pytest.fixture(scope="module")
def stage_once(content_once: None, django_db_blocker: Any) -> None:
    """The first content, and beside it an entry for each state that a page can be in."""
    from django.db import connection

    from tests import scenes

    with django_db_blocker.unblock():
        scenes.set_up()
        connection.check_constraints()


@pytest.fixture
def stage(stage_once: None, db: None, settings: Any) -> None:
    """What ``tests.scenes`` shows; what a test changes is undone after it."""
    settings.ROOT_URLCONF = "tests.scenes_urls"


# ------------------------------------------------------------------ a browser
@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium of the system, driven by Playwright. Use with the `browser` marker."""
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface runs an event loop in this thread, where Django would
    # refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A new tab without history, cookies or cache."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def site(page: Any, stage: None) -> Any:
    """The site with all its scenes in a tab, without a server."""
    from tests.browsing import Site

    return Site(page)


@pytest.fixture(scope="module")
def tab_once(browser: Any) -> Iterator[Any]:
    """One tab for a module that opens many pages: for a new one the browser starts a process and
    reads its scripts anew. What is answered from Python is never taken from a cache."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def site_in_one_tab(tab_once: Any, stage: None) -> Iterator[Any]:
    """As ``site``, for pages that keep nothing in the browser."""
    from tests.browsing import Site

    site = Site(tab_once)
    yield site
    site.leave()
