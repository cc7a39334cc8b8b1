"""Where the words of a search stand in a text."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from directory.highlights import Read, fold, folded_words
from directory.search import words_in

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="abcèÈß'’.-_ /½ﬁ\u0300İ\n", max_size=20),
)


@given(text=TEXTS, asked=TEXTS)
@example(text="Il Co.M.E.S. di dell’asilo", asked="comes asilo")
@example(text="PERCHE\u0300 è_qui", asked="perché qui")
@example(text="½ ﬁn", asked="½ fi")
def test_a_text_is_read_as_if_each_of_its_words_was_looked_at(text: str, asked: str) -> None:
    beginnings = {fold(word)[:3] for word in words_in(asked)}
    begin_so = {word for word in folded_words(text) if word.startswith(tuple(beginnings))}
    assert Read(beginnings)[text] == begin_so
