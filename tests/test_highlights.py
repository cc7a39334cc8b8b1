"""Where the words of a search stand in a text."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from directory.highlights import Read, fold, pieces
from directory.search import words_in

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="abcèÈß'’.-_ /½ﬁ\u0300İ\n", max_size=20),
)


@given(text=TEXTS, asked=TEXTS)
@example(text="Il Co.M.E.S. di dell’asilo", asked="comes asilo")
@example(text="Co.M.E.S. e_qui", asked="comes")
@example(text="L’asilo", asked="lasilo")
@example(text="PERCHE\u0300 è_qui", asked="perché qui")
@example(text="½ ﬁn", asked="½ fi")
@example(text="İstanbul e Łódź", asked="istanbul łódź")
@example(text="Αθήνα, Ελλάδα", asked="ελλάδα")
def test_a_text_is_read_as_if_each_of_its_words_was_looked_at(text: str, asked: str) -> None:
    beginnings = {fold(word)[:3] for word in words_in(asked)}
    words = {word for _start, _end, word in pieces(text)}
    begin_so = {word for word in words if word.startswith(tuple(beginnings))}
    assert Read(beginnings)[text] == begin_so
