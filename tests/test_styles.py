"""Several style sheets are written, one is served."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import FileSystemStorage

from civicnet import styles
from civicnet.styles import JoinedStaticFilesStorage

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
PARTS = ("tokens", "base", "components", "drawings")


def collected(folder: Path, sources: dict) -> JoinedStaticFilesStorage:
    """As the command does it: copied, then processed."""
    storage = JoinedStaticFilesStorage(location=folder)
    for path, (source, name) in sources.items():
        storage.delete(path)
        with source.open(name) as file:
            storage.save(path, file)
    for _name, _hashed, done in storage.post_process(dict(sources)):
        assert not isinstance(done, Exception), done
    return storage


@pytest.fixture
def sources() -> dict:
    return {
        path: (source, path)
        for finder in get_finders()
        for path, source in finder.list([])
        if path.startswith(("css/", "fonts/"))
    }


def test_a_page_s_style_is_one_sheet_in_the_order_of_the_cascade(tmp_path, sources):
    served = collected(tmp_path, sources)
    plain = served.open(styles.SITE).read().decode()
    hashed = served.open(served.stored_name(styles.SITE)).read().decode()
    assert "@import" not in plain
    assert "@import" not in hashed
    assert "/*" not in plain
    texts = [styles.COMMENT.sub("", (CSS / f"{name}.css").read_text()) for name in PARTS]
    assert [plain.count(text) for text in texts] == [1, 1, 1, 1]
    places = [plain.index(text) for text in texts]
    assert places == sorted(places)
    fonts = re.findall(r'url\("\.\./(fonts/[^")]+)', hashed)
    assert len(fonts) == 5
    for font in fonts:
        assert served.exists(font)
        assert font not in sources, "the hashed name"


def test_a_changed_part_changes_the_name(tmp_path, sources):
    """Or browsers would keep the old style for a year."""
    before = collected(tmp_path / "one", sources).stored_name(styles.SITE)
    (tmp_path / "changed.css").write_text("body { color: red }")
    changed = (FileSystemStorage(location=tmp_path), "changed.css")
    after = collected(tmp_path / "two", sources | {"css/base.css": changed})
    assert after.stored_name(styles.SITE) != before
