"""The page: it stands by itself, its formulas are MathML, it shows what is known and nothing else."""

import html.parser
import json
import re
import shutil
import subprocess
import xml.dom.minidom

import pytest

from minidgm.book import measured as of_labs
from minidgm.book.code import highlighted, piece
from minidgm.book.formula import mathml
from minidgm.book.page import page, write_book
from minidgm.cli import main
from minidgm.course.exercises import find_root
from minidgm.labs.claims import CLAIMS
from minidgm.map import ROWS

ROOT = find_root(__file__)
BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
VOID = {"meta", "link", "img", "br", "input", "hr"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A learner's folder: two exercises answered, one of them right, one wrong; no results of their own."""
    assert main(["start", str(tmp_path / "work")]) == 0
    work = tmp_path / "work"
    monkeypatch.chdir(work)
    (work / "exercises" / "ex07_coupling.py").write_bytes((work / "solutions" / "ex07_coupling.py").read_bytes())
    right = (work / "solutions" / "ex16_flow_dequantizer.py").read_text(encoding="utf-8")
    assert "-0.5 * eps**2" in right
    wrong = right.replace("-0.5 * eps**2", "0.5 * eps**2")
    (work / "exercises" / "ex16_flow_dequantizer.py").write_text(wrong, encoding="utf-8")
    main(["check", "7", "16"])
    return work


class Reader(html.parser.HTMLParser):
    """Every tag closed in its order, every identifier once, links, addresses, alternative texts."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.addresses, self.without_alt = [], [], [], [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"][1:]] if found.get("href", "").startswith("#") else []
        self.addresses += [v for k, v in attributes if k in ("src", "href") and not v.startswith("#")]
        self.without_alt += tag == "img" and not found.get("alt")

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"


def test_the_page_stands_by_itself_and_all_its_links_lead_somewhere(folder):
    text = page()
    reader = Reader(text)
    assert reader.open == [] and len(set(reader.ids)) == len(reader.ids)
    assert set(reader.links) <= set(reader.ids)
    assert all(address.startswith("data:") for address in reader.addresses) and reader.without_alt == 0
    assert len(text.encode()) < 5_000_000 and "<script" not in text
    for row in ROWS:
        assert f'id="row-{row.number}"' in text


def test_it_shows_your_right_function_the_sentence_on_a_wrong_one_and_no_solution(folder):
    text = page()
    assert "1 of 27 exercises are right." in text and text.count("Your function") == 3
    block = text[text.index('id="ex16"') :]
    block = block[: block.index("minidgm check 16")]
    assert "not right yet" in block and 'class="wrong"' in block.replace("'", '"')
    for line in ("log_p_eps = -0.5", "np.maximum(a, 0) + np.log1p"):
        assert line not in text


def test_a_row_without_a_result_says_how_to_make_one(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(of_labs, "SHIPPED", tmp_path / "none")
    text = page()
    assert text.count("No result yet:") == len(CLAIMS) and "minidgm lab coupling" in text


def test_own_results_stand_before_the_shipped_ones(folder):
    assert main(["lab", "pixels", "--seeds", "2"]) == 0
    found = of_labs.measured()
    assert not found["7"].shipped and found["7"].result["seeds"] == 2
    assert "from this clone" in page()


@pytest.mark.parametrize("broken", ["def logsumexp(", "", b"\xff\xfe\x00"])
def test_a_broken_answer_gives_a_page(broken, folder):
    path = folder / "exercises" / "ex01_stable.py"
    path.write_bytes(broken if isinstance(broken, bytes) else broken.encode())
    assert "This function is not in your file." in page()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    for out in (tmp_path, tmp_path / "file" / "book.html"):
        assert main(["book", "--out", str(out)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


# ------------------------------------------------------------------ parts


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_a_formula_is_well_formed_mathml(row):
    document = xml.dom.minidom.parseString(mathml(row.math))
    assert document.documentElement.tagName == "math" and document.documentElement.getAttribute("alttext") == row.math


def test_what_is_no_formula_is_refused():
    for wrong in ("a}", "{a", "\\frac{a}", "\\unknown", "a_"):
        with pytest.raises(ValueError, match="formula"):
            mathml(wrong)


def test_code_is_found_coloured_and_unchanged():
    for row in ROWS:
        for code in row.code:
            found = piece(code)
            if found is not None:
                text = re.sub(r"<[^>]+>", "", highlighted(found.text, {"MADE": "x"}))
                for escaped, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
                    text = text.replace(escaped, sign)
                assert text == found.text
    assert '<span class="k">return</span>' in highlighted("return 1", {})


def test_the_shipped_numbers_are_those_of_full_runs():
    shipped = json.loads((of_labs.SHIPPED / "results.json").read_text(encoding="utf-8"))
    assert all(not r["quick"] and r["seeds"] >= 3 and not r["shortened"] for r in shipped.values())
    assert {str(row.number) for row in ROWS} <= set(shipped)


# ------------------------------------------------------------------ in a browser

MEASURE = """<script>addEventListener("load", () => {
const boxes = [...document.querySelectorAll("math")].map(m => m.getBoundingClientRect());
document.title = JSON.stringify({formulas: boxes.length, empty: boxes.filter(b => b.width < 5 || b.height < 5).length,
wide: document.documentElement.scrollWidth - innerWidth,
pictures: [...document.images].filter(i => i.complete && !i.naturalWidth && i.loading != "lazy").length,
colour: getComputedStyle(document.body).backgroundColor}); });</script>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here; Debian's package is chromium")
@pytest.mark.parametrize("width, dark", [(1400, False), (1400, True), (420, False)])
def test_a_browser_draws_it_without_the_network(width, dark, folder):
    out = write_book(folder / "book.html")
    out.write_text(out.read_text(encoding="utf-8").replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
               f"--window-size={width},1200", "--enable-logging=stderr",
               "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=3000",
               f"--user-data-dir={folder}/profile"]  # fmt: skip
    command += ["--blink-settings=preferredColorScheme=0"] if dark else []
    done = subprocess.run([*command, out.as_uri()], capture_output=True, text=True, timeout=120)
    seen = json.loads(re.search(r"<title>(\{.*?\})</title>", done.stdout)[1])
    assert seen["formulas"] == len(ROWS) and seen["empty"] == 0 and seen["wide"] <= 0 and seen["pictures"] == 0
    assert seen["colour"] == ("rgb(20, 23, 27)" if dark else "rgb(255, 255, 255)")
    assert "CONSOLE" not in done.stderr
