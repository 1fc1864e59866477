"""How the page looks: light and dark by the system, two columns on a wide screen, one on a phone and on paper."""

# The colours of the page, light and dark; text on its ground has a contrast of 4.5 : 1 or more (tests compute it).
INKS = {
    "ink": ("#1b1f24", "#e6e9ed"),
    "paper": ("#ffffff", "#14171b"),
    "soft": ("#f5f6f8", "#1c2127"),
    "line": ("#dadee4", "#353d47"),
    "link": ("#0b5cad", "#7fb6f5"),
    "mute": ("#59626c", "#a5afba"),
    "k": ("#9c1f8a", "#e59ad8"),
    "s": ("#1a6b31", "#8fd19e"),
    "n": ("#8a3b00", "#f2b179"),
    "c": ("#5a646e", "#a3adb8"),
    "ok": ("#146c2e", "#8fd19e"),
    "bad": ("#b3261e", "#ff9a91"),
    "t1": ("#0b5cad", "#7fb6f5"),
    "t2": ("#a84300", "#ffa86b"),
    "t3": ("#146c5a", "#5fd0b0"),
    "t4": ("#8e2a80", "#e79bdc"),
    "t5": ("#6d5a00", "#dcc25a"),
}
TERMS = range(1, 6)


def _inks(k: int) -> str:
    return "".join(f"--{name}:{pair[k]};" for name, pair in INKS.items())


def _terms() -> str:
    """A term, its mark and its line in one colour; over one of them, or with the focus on it, all three light up."""
    rules = []
    for k in TERMS:
        rules.append(f".t{k} {{ border-bottom: 2px solid var(--t{k}); }} .m{k} {{ background: var(--t{k}); }}")
        here = ", ".join(f".row:has({what}) {{0}}" for what in (f".t{k}:hover", f".m{k}:hover", f".m{k}:focus-visible"))
        glow = f"background: color-mix(in srgb, var(--t{k}) 18%, transparent);"
        rules.append(f"{here.format(f'.t{k}')} {{ {glow} }}")
        rules.append(f"{here.format(f'.l:has(.m{k})')} {{ {glow} }}")
    return "\n".join(rules)


def _indents() -> str:
    """A line that is too long goes on one step to the right of its own beginning."""
    return "\n".join(f".l.i{k} {{ --in: {4 * k + 4}ch; }}" for k in range(1, 11))


HEAD = f"""
:root {{ {_inks(0)} --mono: ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Liberation Serif", serif; }}
@media (prefers-color-scheme: dark) {{ :root {{ {_inks(1)} }} }}
@media print {{ :root {{ {_inks(0)} }} }}
{_terms()}
{_indents()}
"""

CSS = (
    HEAD
    + """
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
body { margin: 0; font: 1.06rem/1.55 var(--serif); color: var(--ink); background: var(--paper);
  overflow-wrap: break-word; }
header, nav, main, footer { max-width: 82rem; margin: 0 auto; padding: 0 1.4rem; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3, h4, h5 { line-height: 1.25; font-weight: 600; }
h1 { margin: 3rem 0 .6rem; font-size: 2.5rem; letter-spacing: -.01em; }
h2 { margin: 0 0 .2rem; font-size: 1.6rem; }
h4 { margin: 1.1rem 0 .3rem; font-size: 1rem; } h5 { margin: .6rem 0 .2rem; font-size: .9rem; color: var(--mute); }
code { font-family: var(--mono); font-size: .84em; overflow-wrap: anywhere; }
.skip { position: absolute; top: -9rem; left: 1rem; background: var(--paper); } .skip:focus { top: .5rem; }
.lead { font-size: 1.2rem; max-width: 46rem; margin: .4rem 0; }
.small, .where, .key, .axis, figcaption, caption { color: var(--mute); font-size: .88rem; }
.where { font: .8rem var(--mono); font-weight: normal; overflow-wrap: anywhere; }

/* contents */
.progress { margin: 1.2rem 0 0; max-width: 46rem; } .progress p { margin: 0; }
progress { display: block; width: 100%; height: .55rem; margin-top: .4rem; border: 0; border-radius: 1rem;
  overflow: hidden; background: var(--line); accent-color: var(--ok); appearance: none; }
progress::-webkit-progress-bar { background: var(--line); } progress::-webkit-progress-value { background: var(--ok); }
progress::-moz-progress-bar { background: var(--ok); }
.parts { columns: 17rem 4; column-gap: 2rem; margin: 1.6rem 0 .8rem; } .parts > div { break-inside: avoid; }
nav h2 { font-size: 1rem; margin: 0 0 .2rem; padding-top: .7rem; color: var(--mute); }
nav ol { margin: 0; padding-left: 1.7rem; } nav li { padding: .1rem 0; } nav li a { text-decoration: none; }
nav li a:hover { text-decoration: underline; } nav li::marker { color: var(--mute); font-size: .88em; }
.chips { white-space: normal; } .key > span { margin-right: .9rem; white-space: nowrap; }
.chip { display: inline-block; font: .72rem/1.25 var(--mono); padding: .06rem .3rem; margin-right: .1rem;
  border: 1px solid var(--line); border-radius: .6rem; color: var(--mute); white-space: nowrap; text-decoration: none; }
.chip.right { color: var(--ok); border-color: currentColor; }
.chip.wrong { color: var(--bad); border-color: currentColor; }
.chip.begun, .chip.unchecked { color: var(--n); border-color: currentColor; }
#open { border-top: 1px solid var(--line); padding: 1.8rem 0 1rem; margin-top: 1rem; }
.open { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: .5rem 2rem; margin: .8rem 0; }
.open dd { margin: 0; } .open dt { font-style: italic; } .open dt a { font-style: normal; margin-right: .3rem; }

/* a row */
.part-title { margin: 2.6rem 0 0; color: var(--mute); font-variant: small-caps; letter-spacing: .06em; }
section.row, #beyond, #letters, #onwards { border-top: 1px solid var(--line); padding: 1.6rem 0 2.2rem; }
.row h2 a { color: var(--mute); text-decoration: none; font-weight: 400; margin-right: .35rem; }
.claim { margin: 0 0 .9rem; font-size: 1.1rem; } sub { font-size: .75em; line-height: 0; }
.two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.12fr); gap: 2.6rem; }
.formula { margin: .2rem 0 0; padding: .2rem 0 .3rem; overflow: auto hidden; } .part.one { padding-bottom: 1.1rem; }
math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "DejaVu Math TeX Gyre", math;
  font-size: 1.18rem; display: flex; flex-wrap: wrap; align-items: center; row-gap: .55rem; max-width: 100%; }
mrow.piece { margin-right: 1.1rem; }
mrow.piece:not(:has(+ .next)):not(:last-child) { margin-right: .25rem; }
.term { padding-bottom: .12em; border-radius: 2px 2px 0 0; }
mtext.of { padding: 0 .12em 0 .1em; }
.mark { display: inline-block; min-width: 1.35em; padding: 0 .3em; border-radius: .8em; color: var(--paper);
  font: 600 .66rem/1.35em var(--mono); text-align: center; text-decoration: none; user-select: none; }
math .mark { font-size: .58rem; vertical-align: .5em; }
.plain { display: block; font-style: italic; } math a { color: inherit; text-decoration: none; }
math a:hover, pre .letter:hover { text-decoration: underline; }
math .mark, math .mark:hover { color: var(--paper); text-decoration: none; }
@supports (math-style: compact) { .plain { display: none; } }
@supports not (math-style: compact) { math { display: none; } }

/* code */
h3.piece, summary.piece, p.piece { margin: 1.1rem 0 .3rem; font-size: 1rem; }
.part > .piece:first-child { margin-top: 0; }
.piece code { font-weight: 600; margin-right: .3rem; } h3.piece, summary.piece { font-weight: 400; }
pre { background: var(--soft); border-radius: 6px; padding: .7rem 0; margin: .3rem 0; overflow: hidden;
  font: .8rem/1.55 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
pre code { font-size: inherit; } pre.doc { padding: .7rem .9rem; white-space: break-spaces; }
.l { --in: 4ch; display: block; position: relative; padding: 0 .8rem 0 calc(var(--margin, 1.6ch) + var(--in));
  text-indent: calc(-1 * var(--in)); }
.numbered { --margin: 5.5ch; } .numbered .l { padding-right: 1.6rem; }
.numbered .l::before { content: attr(data-n); position: absolute; left: 0; width: 3.8ch; text-align: right;
  text-indent: 0; color: var(--mute); user-select: none; }
.marked { background: color-mix(in srgb, var(--line) 45%, transparent); }
.marks { position: absolute; right: .35rem; top: .1em; text-indent: 0; display: flex; gap: .15rem; }
.marked:has(.mark + .mark) { padding-right: 3rem; } .marked:has(.mark + .mark + .mark) { padding-right: 4.4rem; }
.mark { scroll-margin-top: 35vh; }
.marked:has(:target) { outline: 2px solid var(--link); outline-offset: -2px; }
.k { color: var(--k); } .s { color: var(--s); } .n { color: var(--n); } .c { color: var(--c); }
.b { color: var(--link); } .w { white-space: nowrap; }
pre a { color: inherit; text-decoration-color: var(--mute); } pre .letter { text-decoration: none; }

/* measured */
.answer { border-left: 3px solid var(--link); padding: .1rem 0 .1rem 1rem; margin: .2rem 0 1rem; }
.answer p { margin: .25rem 0; } .asked { font-style: italic; } .asked span { display: block; font-style: normal;
  font-size: .8rem; color: var(--mute); }
.answer dl { display: flex; flex-wrap: wrap; gap: .1rem 1.6rem; margin: .4rem 0; }
.answer dt { color: var(--mute); font-size: .8rem; } .answer dd { margin: 0; }
figure { margin: .9rem 0; } figure img { display: block; width: 100%; height: auto; }
.exercise figure { max-width: 46rem; } figure.card img { background: #fff; border-radius: 6px; padding: .4rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .86rem; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { text-align: right; padding: .18rem 1.1rem .18rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td { font-variant-numeric: tabular-nums; }
th:first-child, td:first-child, .letters th, .letters td { text-align: left; vertical-align: top; }
tr:target, .exercise:target { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 4px; }

/* sliders */
.slider { border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; }
.slider svg { display: block; width: 100%; height: auto; border-bottom: 1px solid var(--mute); margin-top: .5rem; }
.slider path { vector-effect: non-scaling-stroke; fill: none; stroke-width: 2; stroke-linejoin: round; }
.c0 { --c: var(--mute); }
.c1 { --c: var(--t1); } .c2 { --c: var(--t2); } .c3 { --c: var(--t3); } .c4 { --c: var(--t4); }
.slider path.line { stroke: var(--c); } .slider path.area { fill: var(--c); fill-opacity: .28; stroke: none; }
.slider path.thick { stroke-width: 3.5; } .slider path.dashed { stroke-dasharray: 6 5; }
.slider .axis { display: flex; justify-content: space-between; margin: .1rem 0; }
.slider .key { margin: .3rem 0; } .slider .key span { color: var(--ink); }
.slider .key span::before { content: ""; display: inline-block; width: 1.3rem; height: 0; margin-right: .35rem;
  vertical-align: .28em; border-top: 3px solid var(--c); }
.slider .key .area::before { height: .7rem; border: 0; background: var(--c); opacity: .4; vertical-align: -.05em; }
.slider .key .dashed::before { border-top-style: dashed; }
.inputs { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .3rem 1.2rem; }
.inputs > div { font-size: .88rem; } .inputs output { font-family: var(--mono); font-size: .8rem; }
.inputs input { display: block; width: 100%; height: 1.6rem; margin: 0; accent-color: var(--link); }
.inputs input[hidden] { display: none; }
.numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: .3rem 1rem;
  margin: .7rem 0 .2rem; }
.numbers dt { font-size: .8rem; color: var(--mute); } .numbers dd { margin: 0; font: .85rem var(--mono); }

/* exercises */
details { margin: .4rem 0; } summary { cursor: pointer; } summary::marker { color: var(--mute); }
.exercise { border: 1px solid var(--line); border-radius: 6px; padding: .45rem .9rem; }
.exercise > summary { font-weight: 600; } .exercise .state { float: right; font-weight: 400; color: var(--mute);
  font-size: .88rem; }
.mine { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: .5rem 2.6rem;
  align-items: start; margin-top: 1.4rem; }
.mine > * { margin: 0; min-width: 0; } .exercise[open] { grid-column: 1 / -1; padding-bottom: .8rem; }
.function { border-top: 1px solid var(--line); margin-top: .8rem; } .function h4 { margin: .7rem 0 .3rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 2rem;
  align-items: start; } .sides > * { min-width: 0; } .sides > details > pre { margin-left: 0; }
.exercise details { margin-left: .2rem; } .exercise details > :not(summary) { margin-left: 1rem; }
.exercise summary { font-size: .97rem; } .exercise p { margin: .3rem 0; }
.right { color: var(--ok); } .wrong { color: var(--bad); }
footer { padding-bottom: 3rem; }

@media screen and (min-width: 62.01rem) and (min-height: 40rem) {
  .part.one { position: sticky; top: 0; z-index: 1; background: var(--paper); padding-top: .5rem; margin-top: -.5rem; }
  .part.three :is(a, summary, input, [tabindex]) { scroll-margin-top: 14rem; }
}
@media (max-width: 62rem), print {
  .two, .open { grid-template-columns: minmax(0, 1fr); gap: .6rem; } .open dd { margin-bottom: .7rem; }
  .col { display: contents; } .two { display: flex; flex-direction: column; }
  .part.one { order: 1; } .part.two-code { order: 2; } .part.three { order: 3; }
}
@media (max-width: 34rem) {
  header, nav, main, footer { padding: 0 1rem; } h1 { font-size: 1.9rem; margin-top: 1.6rem; }
  h2 { font-size: 1.35rem; } body { font-size: 1rem; }
  math { font-size: 1.02rem; } pre { font-size: .72rem; margin: .3rem -.4rem; }
  .numbered { --margin: 4.6ch; } .exercise .state { float: none; display: block; }
}
@page { margin: 16mm 14mm; }
@media print {
  body { font-size: 10pt; } h1 { font-size: 22pt; margin-top: 0; } h2 { font-size: 14pt; } pre { font-size: 7.6pt; }
  :root, img { color-scheme: light; } header, nav, main, footer { max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; } .skip, .inputs input { display: none; }
  .wide { overflow: visible; }
  h2, h3, .piece, .claim, .formula, .part.one, .part-title { break-after: avoid; }
  figure, tr, .answer, .formula, .l, .numbers > div { break-inside: avoid; }
  nav { break-after: page; } figure img { max-height: 9.5cm; width: auto; max-width: 100%; margin: 0 auto; }
  .slider svg { max-height: 5cm; } .fold::details-content { content-visibility: visible; block-size: auto; }
  pre { border: 1px solid var(--line); } * { print-color-adjust: exact; }
}
"""
)


def document(title: str, meta: str, css: str, body: str) -> str:
    """A page that stands by itself: whatever looks it has are in it."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{meta}<title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<style>{css}</style></head>\n<body>{body}</body></html>\n"
    )
