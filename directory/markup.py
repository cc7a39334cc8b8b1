"""The Markdown that staff write, as HTML that fits into a page and cannot harm it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from directory.addresses import validate_web_address

# Beyond this a text is shown as plain paragraphs: reading hostile Markdown costs up to 20 µs for
# each character, and a page must answer within a second.
MOST_CHARACTERS = 50_000
DEEPEST_HEADING = 6

HEADINGS = {f"h{level}" for level in range(3, DEEPEST_HEADING + 1)}
ALLOWED = nh3.Cleaner(
    tags={"p", "strong", "em", "ul", "ol", "li", "a", "blockquote", "br", "code", *HEADINGS},
    # “*” must be named, or “title” and “lang” are let through everywhere. “start” is kept because
    # a paragraph that begins with “2013.” is a list to Markdown.
    attributes={"*": set(), "a": {"href", "rel"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
WORDS_ONLY = nh3.Cleaner(tags=set())


def render_markdown(text: str, *, heading_level: int = 3) -> SafeString:
    """CommonMark without HTML, pictures, code blocks and underlined headings.

    The highest heading of the text becomes ``heading_level`` (3 to 6), each lower rank that the
    text uses the next one, so that the page's outline has no gap whatever the text began with.
    A link that may not be followed stays on the page as it was written.
    """
    text = text.encode(errors="replace").decode()  # half a surrogate pair is no text to nh3
    if len(text) > MOST_CHARACTERS:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308
    tokens = MARKDOWN.parse(text)
    _fit_headings(tokens, heading_level)
    dirty = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return mark_safe(ALLOWED.clean(dirty).strip())  # noqa: S308


def plain_text(text: str, length: int) -> str:
    """The words of a Markdown text in at most ``length`` characters, cut between words.

    Not escaped: it is for templates, which do that.
    """
    beginning = text[: 1000 + 20 * length]  # with room for marks and addresses
    words = html.unescape(WORDS_ONLY.clean(render_markdown(beginning))).split()
    whole = " ".join(words)
    if len(whole) <= length:
        return whole
    kept, space, _rest = whole[:length].rpartition(" ")
    return (kept if space else whole[: length - 1]).rstrip(" ,;:.–—-(") + "…"


def outside_addresses(text: str) -> set[str]:
    """The web addresses to which a text leads once it is a page, as browsers ask for them."""
    if "://" not in text or len(text) > MOST_CHARACTERS:
        return set()
    inline = (child for token in MARKDOWN.parse(text) for child in token.children or ())
    links = (str(each.attrs.get("href", "")) for each in inline if each.type == "link_open")
    return {link for link in links if link.lower().startswith(("http://", "https://"))}


def may_be_linked(address: str) -> bool:
    """A path of this site, an e-mail address, or a web address that the directory accepts."""
    if address.startswith("/"):
        return not address.startswith("//")
    if address.lower().startswith("mailto:"):
        return True
    try:
        validate_web_address(address)
    except ValidationError:
        return False
    return True


def _is_outside(address: str) -> bool:
    host = urlsplit(address).hostname
    return bool(host) and host != urlsplit(settings.BASE_URL).hostname


def _open_link(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    if _is_outside(str(token.attrs.get("href", ""))):
        token.attrSet("rel", "nofollow noopener")
    return str(renderer.renderToken(tokens, index, options, env))


def _words_of_picture(
    renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return escapeHtml(renderer.renderInlineAsText(tokens[index].children or [], options, env))


def _fit_headings(tokens: Sequence[Token], highest: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    used = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(highest + used.index(token.tag), DEEPEST_HEADING)}"


def _markdown() -> MarkdownIt:
    # Deeper than 12 the parser drops text; six lists within each other are as many as anyone reads.
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    # Indented and fenced text is prose that was pasted; a line of hyphens below a paragraph is
    # meant as a rule; “[word]: address” defines a link that nobody sees.
    markdown.disable(["code", "fence", "lheading", "reference"])
    markdown.validateLink = may_be_linked  # type: ignore[assignment, method-assign]
    markdown.add_render_rule("link_open", _open_link)
    markdown.add_render_rule("image", _words_of_picture)
    return markdown


MARKDOWN = _markdown()
