"""The lecturer's page: it stands by itself, takes nobody's text for HTML, and without names it has none."""

import html.parser
import re
import xml.dom.minidom

import pytest

from minidgm.book.insight import page
from minidgm.course.exercises import EXERCISES, find
from minidgm.course.lecturer.insight import STANDINGS, Answer, Results
from minidgm.course.lecturer.likeness import pairs

NAMES = ("zoe-lang", "kim-sato", *(f"someone-{k}" for k in range(20)))


def results(exercises=EXERCISES[:6]):
    """Everybody wrong in their own way, but two in the same one; a right answer, a remark, a file of no use."""
    answers = []
    for exercise in exercises:
        for k, name in enumerate(NAMES):
            kind = f"got <b>{max(k, 1)}</b> & `x`, wanted 0"
            answers.append(
                Answer(name, exercise, exercise.functions[0], "wrong", "", "is <i>so</i>", kind, "    a = 1")
            )
            answers += [Answer(name, exercise, f, "remark", "float32 in.") for f in exercise.functions[1:2]]
            answers += [Answer(name, exercise, f, "right") for f in exercise.functions[2:]]
    return Results("results", NAMES, tuple(answers), (("kim-sato", find(7), "<script>alert(1)</script>"),))


class Reader(html.parser.HTMLParser):
    """Every tag closed in its order, every identifier once, no address outside the page."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.tags = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        found = dict(attributes)
        if tag not in ("meta", "link"):
            self.open.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        assert all(found[k].startswith("data:") for k in ("src", "href") if k in found)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"


@pytest.mark.parametrize("anonymous", [False, True])
def test_it_stands_by_itself_and_takes_nobodys_text_for_html(anonymous):
    mine = results()
    reader = Reader(page(mine, pairs(mine), anonymous))
    assert reader.open == [] and len(set(reader.ids)) == len(reader.ids)
    assert not reader.tags & {"script", "b", "i", "img"} and {"svg", "table"} <= reader.tags


def test_names_and_pairs_are_on_the_lecturers_page_alone():
    mine = results()
    found = pairs(mine)
    assert [pair.students for pair in found] == [("zoe-lang", "kim-sato")]
    named, anonymous = page(mine, found), page(mine, found, anonymous=True)
    assert "zoe-lang and kim-sato" in named and "no proof" in named and all(name in named for name in NAMES)
    assert not any(name in anonymous for name in NAMES) and "share" not in re.sub("<style>.*?</style>", "", anonymous)


def test_the_bars_say_in_words_what_they_draw_and_are_as_long_as_the_class():
    (svg,) = re.findall(r"<svg.*?</svg>", page(results(), []), re.DOTALL)
    tree = xml.dom.minidom.parseString(svg)
    (described,) = (node.firstChild.data for node in tree.getElementsByTagName("desc"))
    assert tree.documentElement.getAttribute("role") == "img" and described.count("22 wrong") == 6
    assert all(words in svg for words in STANDINGS.values())
    widths = [float(r.getAttribute("width")) for r in tree.getElementsByTagName("rect") if r.getAttribute("y") != "4"]
    assert sum(widths) == pytest.approx(2 * 6 * 560)  # each wrong bar is drawn twice: in colour, and hatched


def test_a_class_without_a_mistake_has_a_page_too():
    right = Results("results", ("a",), tuple(Answer("a", EXERCISES[0], f, "right") for f in EXERCISES[0].functions))
    text = page(right, [])
    assert "Nothing that was begun is wrong." in text and "No pair is listed." in text
