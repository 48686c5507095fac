"""Cases as in td's own test of `parse_html` (tdlib/td test/message_entities.cpp), and what Telegram does around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.webchat.entities import formatted, plain
from bot.webchat.errors import ApiError
from bot.webchat.html_mode import parse_html
from bot.webchat.spans import Entity, Formatted, checked_link, units


def spans(shown: Formatted) -> list[tuple[str, int, int, str]]:
    return [(e.type, e.offset, e.length, e.value) for e in shown.entities]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (
            "&#57311;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
            "code units",
        ),
        ("🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
        ("🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_wrong_html_is_refused_as_td_does(source: str, error: str) -> None:
    with pytest.raises(ApiError) as raised:
        parse_html(source)
    assert (raised.value.code, raised.value.description) == (400, f"Bad Request: can't parse entities: {error}")


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("", "", []),
        ("➡️ ➡️", "➡️ ➡️", []),
        ("&ge;&lt;&gt;&amp;&quot;&laquo;&raquo;&#12345678;", '&ge;<>&"&laquo;&raquo;&#12345678;', []),
        ("&Or;", "&Or;", []),
        ("&#233;&#xe9;&#xE9", "ééé", []),
        ("➡️ ➡️<i>➡️ ➡️</i>", "➡️ ➡️➡️ ➡️", [("italic", 5, 5, "")]),
        ("➡️ ➡️<strong>➡️ ➡️</strong>", "➡️ ➡️➡️ ➡️", [("bold", 5, 5, "")]),
        ("➡️ ➡️<ins>➡️ ➡️</ins>", "➡️ ➡️➡️ ➡️", [("underline", 5, 5, "")]),
        ("➡️ ➡️<strike>➡️ ➡️</strike>", "➡️ ➡️➡️ ➡️", [("strikethrough", 5, 5, "")]),
        ("➡️ ➡️<blockquote>➡️ ➡️</blockquote>", "➡️ ➡️➡️ ➡️", [("blockquote", 5, 5, "")]),
        ("🏟 🏟<i>🏟 &lt🏟</i>", "🏟 🏟🏟 <🏟", [("italic", 5, 6, "")]),
        (
            "🏟 🏟<i>🏟 &gt;<b aba   =   caba>&lt🏟</b></i>",
            "🏟 🏟🏟 ><🏟",
            [("italic", 5, 7, ""), ("bold", 9, 3, "")],
        ),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.   >a</i>", "🏟 🏟<a", [("italic", 6, 1, "")]),
        ("🏟 🏟&lt;<i    aba  =  '&lt;&gt;&quot;'>a</>", "🏟 🏟<a", [("italic", 6, 1, "")]),
        ("🏟 🏟&lt;<i>a</    >", "🏟 🏟<a", [("italic", 6, 1, "")]),
        ("🏟 🏟&lt;<b></b>", "🏟 🏟<", []),
        ("<I>x</i>", "x", [("italic", 0, 1, "")]),
        ('🏟 🏟<span class="tg-spoiler">🏟 &lt🏟</span>', "🏟 🏟🏟 <🏟", [("spoiler", 5, 6, "")]),
        ("🏟 🏟<tg-spoiler>🏟 &lt🏟</tg-spoiler>", "🏟 🏟🏟 <🏟", [("spoiler", 5, 6, "")]),
        ("<a href=telegram.org>\t</a>", "\t", [("text_link", 0, 1, "http://telegram.org/")]),
        ("<a   href=  'telegram.org?&lt;'   > </a>", " ", [("text_link", 0, 1, "http://telegram.org/?<")]),
        ("<a> </a>", " ", []),
        ("<a>telegram.org </a>", "telegram.org ", []),
        ("<a>telegram.org</a>", "telegram.org", [("text_link", 0, 12, "http://telegram.org/")]),
        ("<a href='javascript:alert(1)'>x</a>", "x", []),
        ("<a href='tg://user?id=5'>x</a>", "x", []),
        (
            "<code><i><b> </b></i></code><i><b><code> </code></b></i>",
            "  ",
            [
                ("code", 0, 1, ""),
                ("bold", 0, 1, ""),
                ("italic", 0, 1, ""),
                ("code", 1, 1, ""),
                ("bold", 1, 1, ""),
                ("italic", 1, 1, ""),
            ],
        ),
        ("🏟 🏟&lt;<pre><code>🏟 🏟&lt;</code></>", "🏟 🏟<🏟 🏟<", [("pre", 6, 6, ""), ("code", 6, 6, "")]),
        ('🏟 🏟&lt;<pre><code class="language-fift">🏟 🏟&lt;</></>', "🏟 🏟<🏟 🏟<", [("pre", 6, 6, "fift")]),
        ('🏟 🏟&lt;<code class="language-fift"><pre>🏟 🏟&lt;</></>', "🏟 🏟<🏟 🏟<", [("pre", 6, 6, "fift")]),
        (
            '🏟 🏟&lt;<pre> <code class="language-fift">🏟 🏟&lt;</></>',
            "🏟 🏟< 🏟 🏟<",
            [("pre", 6, 7, ""), ("code", 7, 6, "")],
        ),
        ('<tg-emoji emoji-id = "12345">➡️</tg-emoji>', "➡️", [("custom_emoji", 0, 2, "12345")]),
        (
            '<blockquote   cite="" askdlbas nasjdbaj nj12b3>a&lt;<pre  >b;</></>',
            "a<b;",
            [("blockquote", 0, 4, ""), ("pre", 2, 2, "")],
        ),
        (
            "<blockquote   expandable=false>a&lt;<pre  >b;</></>",
            "a<b;",
            [("expandable_blockquote", 0, 4, ""), ("pre", 2, 2, "")],
        ),
    ],
)
def test_html_is_read_as_td_reads_it(source: str, text: str, entities: list[tuple[str, int, int, str]]) -> None:
    shown = parse_html(source)
    assert (shown.text, spans(shown)) == (text, entities)


def shown(text: str, mode: str = "HTML", entities: object = None) -> Formatted:
    return formatted(text, mode, entities, name="message", longest=4096)


def test_white_space_around_a_message_is_cut_and_entities_move_with_it() -> None:
    assert spans(shown("  <b>x</b>  ")) == [("bold", 0, 1, "")]
    assert spans(shown("<b>  x  </b>  ")) == [("bold", 0, 3, "")]
    assert shown("\n\nx\n").text == "x"


def test_control_characters_and_direction_overrides_do_not_reach_anybody() -> None:
    assert shown("a\u202eb\rc\td\x00e", "").text == "abc d e"
    assert spans(shown("a\u202e<b>b\rc</b>")) == [("bold", 1, 2, "")]


def test_touching_spans_of_one_style_are_one_and_code_has_no_style() -> None:
    assert spans(shown("<b>a</b><b>b</b>")) == [("bold", 0, 2, "")]
    assert spans(shown("<b>a<b>b</b></b>")) == [("bold", 0, 2, "")]
    assert spans(shown("<b>a<code>b</code>c</b>")) == [("bold", 0, 1, ""), ("code", 1, 1, ""), ("bold", 2, 1, "")]


def test_entities_may_be_given_instead_of_a_parse_mode() -> None:
    given_entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 3, "length": 1, "url": "dr.dk"},
        {"type": "url", "offset": 0, "length": 1},
        {"type": "italic", "offset": 3, "length": 99},
    ]
    assert spans(shown("😀 x", "", given_entities)) == [("bold", 0, 2, ""), ("text_link", 3, 1, "http://dr.dk/")]
    with pytest.raises(ApiError) as raised:
        shown("x", "", [{"offset": 0, "length": 1}])
    assert raised.value.description == "Bad Request: can't parse MessageEntity: Can't find field \"type\""


def test_what_telegram_finds_by_itself() -> None:
    text = "/hjælp /help@hoert_bot 😀 www.dr.dk, http://a.dk/x. a@b.dk #uro @hoert_bot"
    assert spans(plain(text)) == [
        ("bot_command", 7, 15, ""),
        ("url", 26, 9, ""),
        ("url", 37, 13, ""),
        ("email", 52, 6, ""),
        ("hashtag", 59, 4, ""),
        ("mention", 64, 10, ""),
    ]


def test_a_danish_word_with_a_slash_is_no_command() -> None:
    assert spans(plain("/hjælp")) == []
    assert spans(plain("/help")) == [("bot_command", 0, 5, "")]


def test_no_links_are_found_inside_code() -> None:
    assert spans(shown("<code>https://dr.dk</code>")) == [("code", 0, 13, "")]


@pytest.mark.parametrize(
    ("given_link", "kept"),
    [
        ("dr.dk", "http://dr.dk/"),
        ("HTTPS://dr.dk/a?b#c", "https://dr.dk/a?b#c"),
        ("https://127.0.0.1:8080/x", "https://127.0.0.1:8080/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("javascript://dr.dk/%0aalert(1)", ""),
        ("data:text/html,x", ""),
        ("http://localhost:8080/", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_links_are_kept_as_telegram_keeps_them(given_link: str, kept: str) -> None:
    assert checked_link(given_link) == kept


def test_at_most_a_hundred_entities_are_shown() -> None:
    assert len(shown(" ".join("<b>x</b>" for _ in range(150))).entities) == 100


@given(st.text(alphabet=st.sampled_from(list("<>/&;=\"' abi😀æ\n\x00#x1quotltpre")), max_size=60))
def test_any_html_is_read_or_refused_and_spans_stay_inside(source: str) -> None:
    code, read = 400, Formatted("")
    try:
        read = parse_html(source)
    except ApiError as failure:
        code = failure.code
    size = units(read.text)
    wrong = [e for e in read.entities if e.length <= 0 or e.offset < 0 or e.offset + e.length > size]
    assert (code, wrong) == (400, [])


@given(st.text(max_size=200))
def test_escaped_text_comes_back_as_it_was(source: str) -> None:
    escaped = source.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(escaped) == Formatted(source, ())


@given(st.text(max_size=300))
def test_anything_typed_is_cleaned_with_spans_inside_and_twice_is_the_same(source: str) -> None:
    once = plain(source)
    size = units(once.text)
    assert [e for e in once.entities if e.offset + e.length > size] == []
    assert plain(once.text) == once


def test_an_entity_names_its_value_by_type() -> None:
    assert Entity("text_link", 0, 1, "http://dr.dk/").json() == {
        "type": "text_link",
        "offset": 0,
        "length": 1,
        "url": "http://dr.dk/",
    }
