"""The settings refuse nonsense in one sentence, and are safe when a variable is absent."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECRET = "s" * 50
WHOLE = {
    "SECRET_KEY": SECRET,
    "DATABASE_URL": "postgresql://civicnet:x@db.example/civicnet",
    "BASE_URL": "https://civicnet.example",
}


def read(tmp_path: Path, environment: dict[str, str], names: str, serving: bool = False) -> dict:
    """Some settings as a process of its own reads them, where no demo has run."""
    program = f"""
import json, pathlib, sys
sys.path.insert(0, {str(ROOT)!r})
from civicnet import demo, environment
environment.SERVING = {serving}
demo.exists = lambda var: False
from civicnet import settings
print(json.dumps({{name: getattr(settings, name) for name in {names.split()!r}}}, default=str))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return {"status": done.returncode, "said": done.stderr}
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DATABASE_URL": ""}, "set DATABASE_URL"),
        ({"SECRET_KEY": ""}, "set SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "set SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": f"{SECRET},short"}, "SECRET_KEY_FALLBACKS"),
        ({"DATABASE_URL": "sqlite:///db"}, "DATABASE_URL must start with postgresql://"),
        ({"DATABASE_URL": "postgresql://host"}, "DATABASE_URL must name a database"),
        ({"DEBUG": "maybe"}, "DEBUG must be true or false"),
        ({"DEBUG": "true"}, "DEBUG is for work on this machine"),
        ({"BASE_URL": "http://civicnet.example"}, "BASE_URL must start with https://"),
        ({"BASE_URL": "https://civicnet.example/it"}, "BASE_URL must have no path"),
        ({"BASE_URL": "civicnet.example"}, "BASE_URL must be an address"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"DATABASE_POOL_SIZE": "-1"}, "DATABASE_POOL_SIZE must be a whole number"),
        ({"DATABASE_STATEMENT_TIMEOUT": "0"}, "DATABASE_STATEMENT_TIMEOUT must be"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL must look like"),
        ({"EMAIL_URL": "smtp://mail.example.org"}, "EMAIL_URL needs a sender"),
        ({"LICENCE_URL": "javascript:alert(1)"}, "LICENCE_URL must be an address"),
        ({"HSTS_PRELOAD": "true"}, "HSTS_PRELOAD needs HSTS_SUBDOMAINS"),
        ({"TILE_URL": "http://tiles.example.org/{z}/{x}/{y}.png"}, "TILE_URL must be an https://"),
        ({"TILE_URL": "https://{s}.example.org/{z}/{x}/{y}.png"}, "TILE_URL must be an https://"),
        ({"TILE_URL": "https://a;b.example/{z}/{x}/{y}"}, "TILE_URL must be an https://"),
        ({"TILE_URL": "https://tiles.example.org/"}, "TILE_URL must hold {z}, {x} and {y}"),
        ({"TILE_URL": "https://tiles.example.org/{z}/{x}/{y}"}, "TILE_ATTRIBUTION must say"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of"),
    ],
)
def test_refuses(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    found = read(tmp_path, WHOLE | environment, "DEBUG")
    assert found["status"] == 2
    assert found["said"].startswith("civicnet: ")
    assert sentence in found["said"]
    assert found["said"].count("\n") == 1, "one sentence, no traceback"


def test_safe_with_nothing_but_the_needed(tmp_path: Path) -> None:
    names = (
        "DEBUG ALLOWED_HOSTS SECURE_SSL_REDIRECT SESSION_COOKIE_NAME SESSION_COOKIE_SECURE"
        " CSRF_COOKIE_NAME CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS SECURE_HSTS_PRELOAD"
        " SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_PROXY_SSL_HEADER SERVE_MEDIA MAIL_IS_SET"
        " CSRF_TRUSTED_ORIGINS"
    )
    assert read(tmp_path, WHOLE, names) == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["civicnet.example"],
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 63_072_000,
        "SECURE_HSTS_PRELOAD": False,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_PROXY_SSL_HEADER": None,
        "SERVE_MEDIA": False,
        "MAIL_IS_SET": False,
        "CSRF_TRUSTED_ORIGINS": ["https://civicnet.example"],
    }


def test_the_host_of_tiles_and_no_other_may_show_pictures(tmp_path: Path) -> None:
    asked = {"TILE_URL": "https://tiles.example.org/{z}/{x}/{y}.png", "TILE_ATTRIBUTION": "© Us"}
    for environment, sources in (({}, []), (asked, ["https://tiles.example.org"])):
        policy = read(tmp_path, WHOLE | environment, "SECURE_CSP")["SECURE_CSP"]
        assert policy["img-src"] == ["'self'", "data:", *sources]
        assert policy["connect-src"] == ["'self'"]


def test_https_for_subdomains_and_preload_only_by_setting(tmp_path: Path) -> None:
    names = "SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD"
    for asked, preload in (({}, False), ({"HSTS_PRELOAD": "true"}, True)):
        found = read(tmp_path, WHOLE | {"HSTS_SUBDOMAINS": "true"} | asked, names)
        assert list(found.values()) == [True, preload]


def test_without_an_address_only_this_machine_is_answered_over_https(tmp_path: Path) -> None:
    bare = {name: value for name, value in WHOLE.items() if name != "BASE_URL"}
    found = read(tmp_path, bare, "ALLOWED_HOSTS SESSION_COOKIE_SECURE")
    assert found == {"ALLOWED_HOSTS": ["localhost"], "SESSION_COOKIE_SECURE": True}


def test_plain_http_on_this_machine_has_cookies_that_work(tmp_path: Path) -> None:
    here = WHOLE | {"BASE_URL": "http://127.0.0.1:8000"}
    found = read(tmp_path, here, "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_SSL_REDIRECT")
    assert found == {
        "SESSION_COOKIE_NAME": "sessionid",
        "SESSION_COOKIE_SECURE": False,
        "SECURE_SSL_REDIRECT": False,
    }


def test_pages_have_a_pool_and_timeouts_and_commands_have_neither(tmp_path: Path) -> None:
    serving = read(tmp_path, WHOLE, "DATABASES", serving=True)["DATABASES"]["default"]
    command = read(tmp_path, WHOLE, "DATABASES")["DATABASES"]["default"]
    assert serving["OPTIONS"]["pool"]["max_size"] == 4
    assert "statement_timeout=5s" in serving["OPTIONS"]["options"]
    assert "lock_timeout=2s" in serving["OPTIONS"]["options"]
    assert "plan_cache_mode=force_generic_plan" in serving["OPTIONS"]["options"]
    assert serving["CONN_HEALTH_CHECKS"] is True
    assert serving["CONN_MAX_AGE"] == 0
    assert "pool" not in command["OPTIONS"]
    assert "statement_timeout" not in command["OPTIONS"]["options"]
    assert "lock_timeout=10s" in command["OPTIONS"]["options"]
    assert "jit=off" in command["OPTIONS"]["options"]


def test_mail(tmp_path: Path) -> None:
    environment = WHOLE | {
        "EMAIL_URL": "smtp+tls://me%40x.it:p%40ss@mail.x.it:2525",
        "EMAIL_FROM": "me@x.it",
    }
    names = "EMAIL_HOST EMAIL_PORT EMAIL_HOST_USER EMAIL_HOST_PASSWORD EMAIL_USE_TLS MAIL_IS_SET"
    assert read(tmp_path, environment, names) == {
        "EMAIL_HOST": "mail.x.it",
        "EMAIL_PORT": 2525,
        "EMAIL_HOST_USER": "me@x.it",
        "EMAIL_HOST_PASSWORD": "p@ss",
        "EMAIL_USE_TLS": True,
        "MAIL_IS_SET": True,
    }


def test_a_process_that_serves_never_borrows_the_demo(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from civicnet import demo, environment
environment.SERVING = True
demo.exists = lambda var: True
demo.lend = lambda var: sys.exit("lent")
from civicnet import settings
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "SECRET_KEY": SECRET},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "set DATABASE_URL" in done.stderr


def test_env_example_lists_every_variable_that_is_read() -> None:
    from civicnet import environment

    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = {m.group(1) for line in lines if (m := re.match(r"(?:# )?([A-Z][A-Z_]+)=", line))}
    assert listed == environment.READ


def test_env_example_can_be_read_by_a_shell_whatever_is_uncommented(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    (tmp_path / ".env").write_text("\n".join(re.sub(r"^# ([A-Z_]+=)", r"\1", one) for one in lines))
    done = subprocess.run(
        ["sh", "-e", "-c", 'set -a; . ./.env; printf %s "$LICENCE_NAME"'],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.stdout) == ("", "CC BY 4.0")


def test_env_example_shows_the_real_defaults(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = {
        m[1]: m[2].strip('"') for line in lines if (m := re.match(r"# ([A-Z][A-Z_]+)=(.+)", line))
    }
    names = "SITE_NAME LICENCE_NAME LICENCE_URL HSTS_SUBDOMAINS HSTS_PRELOAD SERVE_MEDIA DEBUG"
    names += " DATABASE_STATEMENT_TIMEOUT DATABASE_POOL_SIZE LOG_LEVEL PAGE_CACHE_MB"
    names += " EXPORT_POOL_SIZE API_REQUESTS_PER_MINUTE SECOND_FACTOR AUDIT_DAYS"
    assert set(shown) == set(names.split())
    kept = names.replace("HSTS_PRELOAD", "SECURE_HSTS_PRELOAD").replace("LOG_LEVEL", "LOGGING")
    kept = kept.replace("HSTS_SUBDOMAINS", "SECURE_HSTS_INCLUDE_SUBDOMAINS")
    kept = re.sub(r"DATABASE_\w+", "DATABASES", kept)
    assert read(tmp_path, WHOLE, kept, True) == read(tmp_path, WHOLE | shown, kept, True)
