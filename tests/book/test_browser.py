"""The page in a real browser, from disk, without the network: light, dark, phone, paper; and its sliders."""

import json
import random
import re

import pytest

from minidgm.book.page import write_book
from minidgm.book.sliders import DRAW, SLIDERS
from minidgm.map import ROWS

LAYOUT = r"""(() => {
  const shown = e => e.checkVisibility() && e.getBoundingClientRect().width > 0;
  const name = e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40);
  const boxes = [...document.querySelectorAll("math")].map(m => m.getBoundingClientRect());
  const limits = new Map(), limit = e => { if (!e || e === document.body) return innerWidth;
    if (!limits.has(e)) limits.set(e, Math.min(limit(e.parentElement),
      getComputedStyle(e).overflowX === "visible" ? Infinity : e.getBoundingClientRect().right));
    return limits.get(e); };
  const wide = [], range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest(".wide, script, style, svg, [hidden]") || !shown(parent)) continue;
    const right = limit(parent);
    range.selectNodeContents(node);
    const end = Math.max(...[...range.getClientRects()].map(r => r.right)), start = range.getBoundingClientRect().left;
    if (end > right + 1 || start < -1) wide.push(name(parent) + " " + Math.round(end - right));
  }
  for (const e of document.querySelectorAll(".formula"))
    if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) wide.push(name(e) + " is cut");
  const lost = [...document.querySelectorAll("a[href^='#']")].filter(a => !document.getElementById(
    decodeURIComponent(a.getAttribute("href").slice(1)))).map(name);
  return {formulas: boxes.length, empty: boxes.filter(b => b.width < 5 || b.height < 5).length,
    fallbacks: [...document.querySelectorAll(".plain")].filter(shown).length,
    page: document.documentElement.scrollWidth - innerWidth, wide, lost,
    pictures: [...document.images].filter(i => !i.complete || !i.naturalWidth).length, images: document.images.length,
    colour: getComputedStyle(document.body).backgroundColor};
})()"""

CONTRAST = r"""(() => {
  const parse = text => { const n = text.match(/[\d.]+/g).map(Number), unit = text.startsWith("color(") ? 1 : 255;
    return [n[0] / unit, n[1] / unit, n[2] / unit, n[3] ?? 1]; };
  const over = (top, below) => [0, 1, 2].map(k => top[k] * top[3] + below[k] * (1 - top[3])).concat(1);
  const grounds = new Map(), ground = e => { if (!e) return [1, 1, 1, 1];
    if (!grounds.has(e)) { const own = parse(getComputedStyle(e).backgroundColor);
      grounds.set(e, own[3] === 1 ? own : over(own, ground(e.parentElement))); }
    return grounds.get(e); };
  const light = c => [0.2126, 0.7152, 0.0722].reduce((s, w, k) =>
    s + w * (c[k] <= 0.04045 ? c[k] / 12.92 : ((c[k] + 0.055) / 1.055) ** 2.4), 0);
  const low = {};
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
    if (e.closest("script, style")) continue;
    const back = ground(e), text = over(parse(getComputedStyle(e).color), back), [a, b] = [light(text), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low[e.tagName + "." + e.className] = ratio.toFixed(2) + " " + e.textContent.trim().slice(0, 30);
  }
  return low;
})()"""


@pytest.fixture(scope="module")
def book(answered, tmp_path_factory):
    """The page of the learner's folder, written once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(answered)
        return write_book(tmp_path_factory.mktemp("page") / "book.html")


@pytest.mark.parametrize(
    "width, dark, media",
    [(1400, False, ""), (1400, True, ""), (390, False, ""), (390, True, ""), (794, False, "print")],
    ids=["light", "dark", "phone", "dark phone", "print"],
)
def test_a_browser_draws_it_and_asks_for_nothing(browser, book, width, dark, media):
    browser.show(book, width, 900, dark, media)
    browser.look("document.querySelectorAll('details').forEach(d => { d.open = true; })")  # what is folded fits as well
    seen = browser.look(LAYOUT)
    assert seen["formulas"] == len(ROWS) and seen["empty"] == 0 and seen["fallbacks"] == 0
    assert seen["page"] <= 0 and seen["wide"] == [] and seen["lost"] == []
    assert seen["images"] >= 17 and seen["pictures"] == 0
    assert seen["colour"] == ("rgb(20, 23, 27)" if dark else "rgb(255, 255, 255)")
    assert browser.look(CONTRAST) == {}
    assert browser.asked_for() == [book.as_uri()] and browser.said() == []


def test_it_prints(browser, book):
    browser.show(book, 1400, 900, dark=True)
    pdf = browser.pdf()
    assert pdf.startswith(b"%PDF-") and len(re.findall(rb"/Type /Page\b", pdf)) > 20


def test_over_a_term_its_line_lights_up_and_the_mark_leads_there(browser, book):
    browser.show(book, 1400, 900)
    ground = "getComputedStyle(document.querySelector('.l:has(#line-3-2)')).backgroundColor"
    before = browser.look(ground)
    x, y = browser.look("""(() => {
        const mark = document.getElementById("term-3-2");
        mark.scrollIntoView({block: "center", behavior: "instant"});
        const box = mark.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    })()""")
    browser.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    assert browser.look(ground) != before
    browser.look("document.getElementById('term-3-2').click()")
    assert browser.look("location.hash") == "#line-3-2"
    assert "z2 = (x2 - mu) * np.exp(-log_sigma)" in browser.look(
        "document.querySelector('.l:has(:target)').textContent"
    )
    browser.look("document.documentElement.style.scrollBehavior = 'auto'; location.hash = '#line-8-4'")
    for name in ("term", "line"):  # the formula and its line are in sight together
        assert 0 <= browser.look(f"document.getElementById('{name}-8-4').getBoundingClientRect().top") <= 900


@pytest.mark.parametrize("kind", DRAW)
def test_a_slider_shows_the_engine_s_numbers_to_six_digits(browser, book, kind):
    browser.show(book, 1400, 900)
    figure = f"document.getElementById('slider-{kind}')"
    inputs = browser.look(
        f"[...{figure}.querySelectorAll('input')].map(i => [i.name, +i.min, +i.max, +i.step, i.value])"
    )
    rng = random.Random(0)
    settings = [{name: float(value) for name, *_, value in inputs}]
    settings += [{name: end[k] for name, *end, _, _ in inputs} for k in (0, 1)]  # both ends of all
    settings += [
        {n: lo + step * rng.randrange(int((hi - lo) / step)) for n, lo, hi, step, _ in inputs} for _ in range(6)
    ]
    for values in settings:
        seen = browser.look(f"""(() => {{ const figure = {figure}, values = {json.dumps(values)};
            for (const i of figure.querySelectorAll("input")) i.value = values[i.name];
            figure.querySelector("input").dispatchEvent(new Event("input"));
            return {{numbers: [...figure.querySelectorAll("dd")].map(d => d.textContent),
                     values: Object.fromEntries([...figure.querySelectorAll("input")].map(i => [i.name, +i.value])),
                     curves: Object.fromEntries([...figure.querySelectorAll("path")].map(
                         p => [p.dataset.curve, p.getAttribute("d")]))}}; }})()""")
        drawn = DRAW[kind](**seen["values"])
        numbers = [float(text.replace("−", "-")) for text in seen["numbers"]]
        assert numbers == pytest.approx(list(drawn.numbers.values()), rel=1e-6, abs=1e-9)
        assert seen["curves"].keys() == drawn.curves.keys()
        for name, path in drawn.curves.items():
            points, wanted = (re.findall(r"-?[\d.]+", text) for text in (seen["curves"][name], path))
            assert list(map(float, points)) == pytest.approx(list(map(float, wanted)), abs=2e-4), (name, values)


def test_the_sliders_are_labelled_and_move_by_the_keyboard(browser, book):
    browser.show(book, 1400, 900)
    assert len(SLIDERS) <= 3
    assert browser.look("[...document.querySelectorAll('figure.slider input')].every(i => i.labels.length === 1)")
    number = "document.querySelector('#slider-information dd').textContent"
    before = browser.look(number)
    browser.look("document.querySelector('#slider-information input').focus()")
    for kind in ("keyDown", "keyUp"):
        browser.send("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39)
    assert browser.look(number) != before
    assert browser.look("document.activeElement.getAttribute('aria-valuetext')") == "0.65"


def test_all_that_can_be_operated_has_a_name(browser, book):
    browser.show(book, 1400, 900)
    nodes = [n for n in browser.send("Accessibility.getFullAXTree")["nodes"] if not n.get("ignored")]
    found = [(n["role"]["value"], n.get("name", {}).get("value", "").strip()) for n in nodes]
    for role, least in (("link", 200), ("slider", 9), ("image", 17), ("heading", 50), ("DisclosureTriangle", 40)):
        names = [name for kind, name in found if kind == role]
        assert len(names) >= least and all(names), role


def test_without_scripts_the_page_is_complete(browser, book):
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.show(book, 1400, 900)
        seen = browser.look("""[document.querySelectorAll("figure.slider path[d]").length,
            document.querySelector("#slider-information dd").textContent,
            [...document.querySelectorAll("figure.slider input")].every(i => !i.checkVisibility())]""")
    finally:
        browser.send("Emulation.setScriptExecutionDisabled", value=False)
    number = next(iter(DRAW["information"](0.6, 0.6, 0.6, 1.0).numbers.values()))
    assert seen[0] == 15 and float(seen[1]) == pytest.approx(number, rel=1e-6) and seen[2]
