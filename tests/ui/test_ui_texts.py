"""Every code and every word has its sentence in all four languages, with the right words in it; nothing is left over."""

import re
import string
from pathlib import Path

import pytest

from app.core import codes
from app.core.messages import LOOK, Code, Cue, Message, Tone, say
from app.screens import words
from app.screens.buying import words as buying_words
from app.screens.buying.words import BuyingWord
from app.screens.floor import words as floor_words
from app.screens.floor.words import FloorWord
from app.screens.frame import phrase
from app.screens.load import words as load_words
from app.screens.load.words import LoadWord
from app.screens.order_entry import words as entry_words
from app.screens.order_entry.words import EntryWord
from app.screens.pack import paper_words, plan_words
from app.screens.pack import words as pack_words
from app.screens.pack.paper_words import PaperWord
from app.screens.pack.plan_words import PlanWord
from app.screens.pack.words import PackWord
from app.screens.pickup import words as pickup_words
from app.screens.pickup.words import PickupWord
from app.screens.plans import words as plans_words
from app.screens.plans.words import PlansWord
from app.screens.preferences import LANGUAGES
from app.screens.receive import words as receive_words
from app.screens.receive.words import ReceiveWord
from app.screens.reports import words as reports_words
from app.screens.reports.words import ReportsWord
from app.screens.returns import words as returns_words
from app.screens.returns.presenter import REASONS
from app.screens.returns.words import ReturnWord
from app.screens.returns_desk import words as returns_desk_words
from app.screens.returns_desk.words import ReturnsDeskWord
from app.screens.words import Vocabulary, Word, named
from app.screens.workbench import words as workbench_words
from app.screens.workbench.words import WorkbenchWord
from app.ui.texts import Texts, catalogue
from app.wiring.faults import fault_message, help_for
from devices.model import Reason

EVERY = pytest.mark.parametrize("language", LANGUAGES)
FIGURES = {"n", "of", "qty", "left", "minutes", "missing", "lines", "units", "l", "w", "h"}
GRAMS = {"grams", "expected", "tolerance", "diff"}


def declared(module, enum):
    """The parameters that the comment behind each member of an enumeration names."""
    source = Path(module.__file__).read_text()
    found = re.findall(r'^    ([A-Z_0-9]+) = "[a-z_0-9]+"(?:  # (.*))?$', source, re.MULTILINE)
    names = {name: {w.strip() for w in comment.split(",")} if comment else set() for name, comment in found}
    return {member: names[member.name] for member in enum}


CODE_WORDS = declared(codes, Code)
OWN_WORDS = (
    declared(floor_words, FloorWord)
    | declared(plans_words, PlansWord)
    | declared(pack_words, PackWord)
    | declared(paper_words, PaperWord)
    | declared(plan_words, PlanWord)
    | declared(load_words, LoadWord)
    | declared(pickup_words, PickupWord)
    | declared(returns_words, ReturnWord)
    | declared(reports_words, ReportsWord)
    | declared(receive_words, ReceiveWord)
    | declared(entry_words, EntryWord)
    | declared(workbench_words, WorkbenchWord)
    | declared(returns_desk_words, ReturnsDeskWord)
    | declared(buying_words, BuyingWord)
)
WORD_WORDS = declared(words, Word) | OWN_WORDS
BY_ID = {word.value: names for word, names in WORD_WORDS.items()}
#: Of all vocabularies there are, not only of those this test knows.
EVERY_WORD = [word for vocabulary in Vocabulary.__subclasses__() for word in vocabulary]


def filled(names):
    return {name: 1234 if name in GRAMS else 7 if name in FIGURES else f"<{name}>" for name in names}


def placeholders(form):
    return {field for _, field, _, _ in string.Formatter().parse(form) if field is not None}


@EVERY
def test_every_code_has_a_title(language):
    assert set(Code) <= set(catalogue(language)["messages"])


@EVERY
def test_every_word_has_its_sentence_and_none_is_left_over(language):
    assert set(catalogue(language)["words"]) == {word.value for word in EVERY_WORD}
    assert len({word.value for word in EVERY_WORD}) == len(EVERY_WORD)


@EVERY
def test_no_message_is_left_over(language):
    codes = {code.value for code in Code}
    suffixes = {"detail", "hint", "detail.none", "detail.tote", "light", "heavy"}
    for id_ in catalogue(language)["messages"]:
        code, _, suffix = id_.partition(".")
        assert code in codes, id_
        assert not suffix or suffix in suffixes, id_


@EVERY
def test_all_languages_say_the_same_things(language):
    english, other = catalogue("en"), catalogue(language)
    assert {c: set(m) for c, m in english.items()} == {c: set(m) for c, m in other.items()}
    for context, entries in english.items():
        for id_, forms in entries.items():
            theirs = other[context][id_]
            assert placeholders(forms[-1]) == placeholders(theirs[-1]), id_
            assert len(forms) == len(theirs), id_
            assert all(form.strip() for form in theirs), id_


@EVERY
def test_sentences_use_only_the_words_their_code_gives(language):
    entries = catalogue(language)
    for id_, forms in entries["messages"].items():
        allowed = CODE_WORDS[Code(id_.partition(".")[0])]
        assert all(placeholders(form) <= allowed for form in forms), id_
    for id_, forms in entries["words"].items():
        assert all(placeholders(form) <= BY_ID[id_] for form in forms), id_


@EVERY
def test_filled_sentences_have_no_hole_and_no_brace(language):
    texts = Texts(language)
    for code in Code:
        sentence = texts.message(Message(code, filled(CODE_WORDS[code])))
        for part in (sentence.title, sentence.detail, sentence.hint):
            assert not re.search(r"[{}–]", part), (code, part)
    for word in EVERY_WORD:
        assert not re.search(r"[{}]", texts.word(word, **filled(WORD_WORDS[word]))), word


@EVERY
def test_the_floors_own_words(language):
    """Short, active; no "error", no "please", no exclamation mark (`design.md`, Words)."""
    unwanted = re.compile(r"!|\b(error|please|fout|alstublieft|fehler|bitte|fejl|venligst)\b", re.IGNORECASE)
    for context in catalogue(language).values():
        for id_, forms in context.items():
            assert not any(unwanted.search(form) for form in forms), id_
    titles = [forms[-1] for id_, forms in catalogue(language)["messages"].items() if "." not in id_]
    assert max(len(title) for title in titles) <= 60


def test_translations_are_translated():
    english = catalogue("en")
    for language in ("nl", "de", "da"):
        same = [
            i
            for i, f in catalogue(language)["messages"].items()
            if f == english["messages"][i] and re.sub(r"{\w+}", "", f[0]).strip(" .:") != ""
        ]
        assert len(same) <= 1, same


def test_one_and_many():
    texts = Texts("de")
    assert texts.message(say(Code.ORDERS_RELEASED, n=1)).title == "1 Auftrag freigegeben"
    assert texts.message(say(Code.ORDERS_RELEASED, n=5)).title == "5 Aufträge freigegeben"


def test_nothing_more_is_needed():
    assert Texts().message(say(Code.TOO_MANY, n=0)).detail == "No more are needed."
    assert Texts().message(say(Code.TOO_MANY, n=2)).detail == "Still needed: 2."


@pytest.mark.parametrize(
    ("language", "diff", "title"),
    [
        ("en", -464, "464 g too light"),
        ("de", 1200, "1,200 kg zu schwer"),
        ("da", -5, "5 g for let"),
        ("nl", 64, "64 g te zwaar"),
    ],
)
def test_a_weight_is_too_light_or_too_heavy_in_the_figures_of_the_language(language, diff, title):
    message = say(Code.WEIGHT_OUT, grams=1846, expected=2310, tolerance=30, diff=diff)
    assert Texts(language).message(message).title.replace("\N{NO-BREAK SPACE}", " ") == title


def test_a_missing_word_leaves_a_dash_instead_of_stopping_the_work():
    assert Texts().message(Message(Code.SCAN_BIN)).title == "Go to – and scan it"


@EVERY
def test_why_goods_come_back_is_told_in_words_and_not_looked_up_as_a_code(language):
    texts = Texts(language)
    for reason, word in REASONS.items():
        why = texts.word(word)
        for told in (ReturnsDeskWord.RD_LINE, ReturnWord.RETURN_TO_COME):
            assert texts.word(told, n=2, name="Tea", why=why).endswith(why), reason


def test_no_word_of_a_screen_is_given_another_ones_words_as_a_reason():
    """`{reason}` is for codes."""
    for place in (Path(words.__file__).parent).rglob("*.py"):
        assert not re.search(r"reason=(self\.texts\.)?word\(", place.read_text(encoding="utf-8")), place


def test_reasons_become_words_and_unknown_ones_a_general_sentence():
    texts = Texts()
    assert texts.message(say(Code.LABEL_FAILED, reason="media-empty")).detail == "The labels have run out."
    assert "supervisor" in texts.message(say(Code.LABEL_FAILED, reason="quux-9")).detail
    assert texts.reason("It is held by the shop") == "It is held by the shop"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "a moment"), (59, "a moment"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (90_000, "1 day")],
)
def test_ages_as_people_say_them(seconds, words):
    assert Texts().age(seconds) == words


def test_dates_and_times_by_language():
    assert Texts("de").word(Word.EXPIRES, date="2027-03-31") == "MHD 31.03.2027"
    assert Texts("en").word(Word.EXPIRES, date="2027-03-31") == "Exp. 31/03/2027"
    assert Texts("en").word(Word.EXPIRES, date="soon") == "Exp. soon"
    assert Texts().clock("2026-11-22T16:00:00+00:00") == "16:00"
    assert Texts().clock("16:00") == "16:00"


def test_the_language_changes_at_once():
    texts = Texts("en")
    assert texts.phrase(phrase(Word.TAKE)) == "Take"
    texts.use("da")
    assert texts.phrase(phrase(Word.TAKE)) == "Tag"
    texts.use("xx")
    assert texts.language == "en"


def test_every_tone_has_colour_shape_and_sound():
    from app.ui.widgets.tone import sign, tone_color

    signs = {}
    for tone in Tone:
        look = next(look for look in LOOK.values() if look.tone is tone)
        signs[tone] = (tone_color(look), sign(look))
    assert len({color for color, _ in signs.values()}) == len(Tone)
    refusals = {look.cue: sign(look) for look in LOOK.values() if look.tone is Tone.BAD}
    assert len(set(refusals.values())) == len(refusals)
    assert len(refusals) == 4
    assert all(named("cue", cue.value) for cue in Cue if cue is not Cue.NONE)


@EVERY
def test_every_reason_of_a_device_has_a_short_fault_and_what_helps(language):
    entries, texts = catalogue(language), Texts(language)
    shorts = {reason: texts.fault(reason.value) for reason in Reason}
    assert {reason.value.replace("-", "_") for reason in Reason} <= set(entries["faults"])
    assert max(len(short) for short in shorts.values()) <= 32, shorts
    assert len(set(shorts.values())) >= len(shorts) - 1
    for reason in Reason:
        for url in ("serial:///dev/ttyS0", "tcp://10.0.0.7:9100", "usblp:///dev/usb/lp0", "hid://0c2e:0b61"):
            assert help_for(reason, url).replace("-", "_") in entries["helps"], reason
            message = fault_message("Dock 3", reason, url)
            assert texts.message(message).title == f"Dock 3: {shorts[reason]}"
            assert texts.message(message).detail


def test_a_fault_nobody_has_words_for_is_still_a_sentence():
    texts = Texts("de")
    assert texts.fault("quux") == "hat eine Störung"
    assert texts.help("quux")
