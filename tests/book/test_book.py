"""The page: it stands by itself, it shows what is known and nothing else, in every state of a learner's folder."""

import html
import html.parser
import json
import re

import pytest

from minidgm import formula
from minidgm.book import measured as of_labs
from minidgm.book.exercise import state
from minidgm.book.page import page
from minidgm.cli import main
from minidgm.course.exercises import EXERCISES
from minidgm.course.progress import Progress
from minidgm.labs.claims import CLAIMS
from minidgm.map import ROWS

VOID = {"meta", "link", "img", "br", "input", "hr", "wbr"}


class Reader(html.parser.HTMLParser):
    """Every tag closed in its order, every identifier once, links, addresses, alternative texts."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.addresses, self.alts = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag not in VOID:
            assert tag not in ("p", "summary", "a", "button") or tag not in self.open, f"<{tag}> in a <{tag}>"
            self.open.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"][1:]] if found.get("href", "").startswith("#") else []
        self.addresses += [v for k, v in attributes if k in ("src", "href") and not v.startswith("#")]
        self.alts += [found.get("alt", "")] if tag == "img" else []

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"


def test_the_page_stands_by_itself_and_all_its_links_lead_somewhere(folder):
    text = page()
    reader = Reader(text)
    assert reader.open == [] and len(set(reader.ids)) == len(reader.ids)
    assert set(reader.links) <= set(reader.ids)
    assert all(address.startswith("data:") for address in reader.addresses)
    assert len(text.encode()) < 5_000_000 and text.count("<script") == 1
    assert "default-src 'none'" in text and "unsafe-eval" not in text
    for row in ROWS:
        assert f'id="row-{row.number}"' in text
        plain = f'<p class="plain">{html.escape(formula.text(row.formula), quote=False)}</p>'
        assert plain in text  # for who cannot see MathML


def test_every_picture_says_in_words_what_is_seen(folder):
    alts = Reader(page()).alts
    assert len(alts) >= 17 and len(set(alts)) == len(alts)
    for alt in alts:
        assert len(alt) > 60 and "A picture of the lab" not in alt and ".png" not in alt


def test_contents_show_the_state_of_every_exercise(folder):
    text = page()
    contents = text[text.index("<nav") : text.index("</nav>")]
    progress = Progress(folder)
    kinds = {e.number: state(e, progress).kind for e in EXERCISES}
    assert kinds[7] == "right" and kinds[16] == "wrong" and kinds[1] == "unchecked" and kinds[2] == "not started"
    for e in EXERCISES:
        chip = re.search(rf'<a class="chip (\w+)" href="#ex{e.number:02d}"', contents)
        assert chip and chip[1] == kinds[e.number].split()[0]
    assert "<strong>1 of 27</strong> exercises are right (1 not right yet, 1 not checked)." in text


def test_it_shows_your_right_function_the_sentence_on_a_wrong_one_and_no_solution(folder):
    text = page()
    assert text.count("Your function") == 3
    mine = text[text.index('id="ex07"') : text.index("minidgm check 7<")]
    assert 'class="right"' in mine and "Hint 1 of" in mine and mine.count("The engine’s") == 2
    wrong = text[text.index('id="ex16"') : text.index("minidgm check 16<")]
    assert (
        "not right yet" in wrong
        and '<p class="wrong">' in wrong
        and "Your function" not in wrong
        and "The engine’s" not in wrong
    )
    for line in ("log_p_eps = -0.5", "np.maximum(a, 0) + np.log1p"):  # of solutions 16 and 01
        assert line not in re.sub(r"<[^>]+>", "", text)


def test_a_row_without_a_result_says_how_to_make_one(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(of_labs, "SHIPPED", tmp_path / "none")
    text = page()
    assert text.count("No result yet:") == len(CLAIMS) and "minidgm lab coupling" in text
    assert text.count("no result yet") == 7 and Reader(text).alts == []


def test_own_results_stand_before_the_shipped_ones(folder):
    assert main(["lab", "pixels", "--seeds", "2"]) == 0
    found = of_labs.measured()
    assert not found["7"].shipped and found["7"].result["seeds"] == 2 and found["7"].figure.startswith("data:image/svg")
    assert "measured in this clone" in page()


def test_a_damaged_result_gives_a_page(folder):
    assert main(["lab", "pixels", "--seeds", "2"]) == 0
    for name in ("results.json", "pixels.json", "pixels.svg", "pixels.png"):
        path = folder / "minidgm-results" / "pixels" / name
        content = path.read_bytes()
        for damaged in (content[: len(content) // 2], b"", None):
            path.unlink()
            if damaged is None:
                path.mkdir()
            else:
                path.write_bytes(damaged)
            assert of_labs.measured()["7"].figure.startswith("data:image/")
        if name != "pixels.png":
            path.rmdir()
            path.write_bytes(content)
    assert Reader(page()).open == []


@pytest.mark.parametrize(
    "broken", ["def logsumexp(", "", b"\xff\xfe\x00", None], ids=["syntax", "empty", "bytes", "gone"]
)
def test_a_broken_answer_gives_a_page(broken, folder):
    path = folder / "exercises" / "ex01_stable.py"
    path.unlink()
    if broken is not None:
        path.write_bytes(broken if isinstance(broken, bytes) else broken.encode())
    for checked in (False, True):
        if checked:
            main(["check", "1"])
        text = page()
        assert "This function is not in your file." in text and Reader(text).open == []


def test_outside_a_clone_the_page_is_there_without_exercises(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reader, text = Reader(page()), page()
    assert "exercises are right" not in text and set(reader.links) <= set(reader.ids)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    for out in (tmp_path, tmp_path / "file" / "book.html"):
        assert main(["book", "--out", str(out)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_the_shipped_numbers_are_those_of_full_runs():
    shipped = json.loads((of_labs.SHIPPED / "results.json").read_text(encoding="utf-8"))
    assert all(not r["quick"] and r["seeds"] >= 3 and not r["shortened"] for r in shipped.values())
    assert {str(row.number) for row in ROWS} <= set(shipped)
