"""How the page looks: light and dark by the system, two columns on a wide screen, one on a phone and on paper."""

CSS = """
:root { --ink:#1b1f24; --paper:#fff; --soft:#f4f5f7; --line:#d5d9df; --link:#0b5cad; --mute:#57606a;
  --k:#a0228f; --s:#146c2e; --n:#8a3b00; --c:#5c6670; --b:#0b5cad; --ok:#146c2e; --bad:#b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink:#e6e9ed; --paper:#14171b; --soft:#1f242b; --line:#3a424d;
  --link:#7fb6f5; --mute:#a9b3bf; --k:#e59ad8; --s:#8fd19e; --n:#f2b179; --c:#a3adb8; --b:#7fb6f5; --ok:#8fd19e;
  --bad:#ff9a91; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body { margin: 0; font: 17px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink);
  background: var(--paper); }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
header, main, footer { max-width: 84rem; margin: 0 auto; padding: 0 1.2rem; }
h1 { margin: 1.6rem 0 .3rem; font-size: 2rem; } h2 { margin: 0 0 .4rem; font-size: 1.4rem; }
h3 { margin: 1.1rem 0 .3rem; font-size: 1.05rem; }
nav ol { columns: 22rem; padding-left: 1.6rem; margin: .4rem 0; }
nav li { break-inside: avoid; }
section.row { border-top: 1px solid var(--line); padding: 1.6rem 0; }
.two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.15fr); gap: 1.8rem; }
math { font-size: 1.25rem; overflow-x: auto; overflow-y: hidden; max-width: 100%; padding: .3rem 0; display: block; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; overflow: auto;
  max-height: 34rem; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; margin: .3rem 0; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em;
  overflow-wrap: anywhere; }
pre code { font-size: inherit; overflow-wrap: normal; }
.k { color: var(--k); } .s { color: var(--s); } .n { color: var(--n); } .c { color: var(--c); } .b { color: var(--b); }
pre a { color: inherit; text-decoration-color: var(--mute); }
.where, .small { color: var(--mute); font-size: .88rem; }
.answer { border-left: 4px solid var(--link); padding: .1rem 0 .1rem .8rem; margin: .6rem 0; }
figure { margin: .8rem 0; } figure img { width: 100%; height: auto; background: #fff; border-radius: 6px; }
table { border-collapse: collapse; font-size: .88rem; display: block; overflow-x: auto; }
th, td { text-align: right; padding: .15rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
details { margin: .35rem 0; } summary { cursor: pointer; }
.exercise { border: 1px solid var(--line); border-radius: 6px; padding: .3rem .8rem; }
.exercise details { margin-left: 1rem; }
.right { color: var(--ok); } .wrong { color: var(--bad); }
progress { width: 100%; height: 1rem; accent-color: var(--ok); }
@media (max-width: 60rem) { .two { grid-template-columns: minmax(0, 1fr); } body { font-size: 16px; }
  pre { font-size: 12px; } }
@media print { .two { display: block; } pre { max-height: none; white-space: pre-wrap; font-size: 8.5pt; }
  figure, table, .answer { break-inside: avoid; } nav { break-after: page; }
  a { text-decoration: none; color: inherit; }
  body { font-size: 10.5pt; } section.row { break-before: auto; } }
"""
