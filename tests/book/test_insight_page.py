"""The lecturer's page: it stands by itself, takes nobody's text for HTML, and without names it has none."""

import html.parser
import re
import shutil
import xml.dom.minidom
from pathlib import Path

import pytest

from minidgm.book.insight import page
from minidgm.cli import main, make_parser
from minidgm.course.exercises import EXERCISES, find
from minidgm.course.lecturer.insight import STANDINGS, Answer, Results
from minidgm.course.lecturer.likeness import pairs
from minidgm.plots.answers import PICTURES

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


def test_the_formula_stands_beside_the_mistake():
    def shown(function):
        answer = Answer("a", find(function), function, "wrong", "It is so.", "is so", "1, wanted 0")
        found = re.search(
            "<article>.*?<pre class='doc' tabindex='0'>(.*?)</pre><dl>",
            page(Results("r", ("a",), (answer,)), []),
            re.DOTALL,
        )
        return found and found[1]

    assert shown("coupling_f") == "z_1 = x_1,   z_2 = (x_2 − μ(x_1)) / σ(x_1),   log|det ∂z/∂x| = log Π_j 1/σ_j(x_1)"
    assert shown("made_masks").splitlines() == [
        "into a hidden layer   mask[a, b] = degree(b) ≥ degree(a)",
        "into the outputs      mask[a, b] = degree(b) &gt; degree(a)",
    ]
    assert shown("affine_f") == "z_j = (x_j − μ_j) / σ_j,    log|det ∂z/∂x| = log Π_j 1/σ_j."  # without the example
    assert shown("logsumexp") is None and shown("check_1") is None  # no formula, and code


def test_what_the_page_says_to_show_can_be_shown(tmp_path, monkeypatch, capsys):
    """Every command is one, every exercise has a picture, and `see` draws the answer that was copied as it says."""
    for exercise in EXERCISES:
        answer = Answer("a", exercise, exercise.functions[0], "wrong", "It is so.", "is so", "1, wanted 0")
        (commands,) = re.findall("<dt>Show</dt><dd>(.*?)</dd>", page(Results("r", ("a",), (answer,)), []))
        commands = re.findall("<code>minidgm (.*?)</code>", commands)
        assert f"see {exercise.number}" in commands and exercise.number in PICTURES
        for command in commands:
            make_parser().parse_args(command.split())
    assert main(["start", str(tmp_path / "work")]) == 0
    monkeypatch.chdir(tmp_path / "work")
    assert main(["see", "2"]) == 1 and "not started" in capsys.readouterr().out  # a lecturer's clone has no answers
    assert "copy one there first, from <code>solutions/</code>" in page(results(), [])
    shutil.copy("solutions/ex02_optimizers.py", "exercises")
    assert main(["see", "2"]) == 0 and Path("minidgm-results/see/ex02.png").exists()


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
