"""Greek letters and signs where a stream knows none: μ becomes mu, − becomes -, and nothing becomes "?".

`spell(stream)` has a stream write each letter that its encoding lacks as a word (LC_ALL=C, PYTHONIOENCODING=ascii, an
old Windows console), whoever prints; `spelled(text)` does it to a text, before lines are folded to a width.
"""

import codecs
import os
import re
import sys
import unicodedata
from typing import Any

_NAMES = "α alpha β beta γ gamma δ delta ε eps θ theta λ lambda μ mu µ mu π pi ρ rho σ sigma τ tau φ phi χ chi ψ psi"
_NAMES += " ω omega Δ Delta Π prod Σ sum Φ Phi ∏ prod ∑ sum ∫ int √ sqrt"
_SIGNS = (
    "− - – - — - … ... · - ⋅ * × x ÷ / ± +- ≤ <= ≥ >= ≈ ~ ≠ != ≡ == → -> ← <- ⟺ <=> ∞ inf ½ 1/2 ¼ 1/4 ¾ 3/4 ∂ d ∈ in"
)
_SIGNS += " ‖ || ⊙ * ∘ o ⌊ [ ⌋ ] ℝ R ᵀ ^T \u0302 _hat \u0303 _tilde \u0304 _bar ✓ + ✗ x"
_SIGNS += " ’ ' ⇒ => ∝ ~ ○ o ◐ % • *"
_SIGNS += " ─ - ━ = ╌ - ░ . ▁ _ ▂ . ▄ - ▆ = ▇ + █ # ▁▂▄▆█▆▄▂▁ noise ▁▆▇▂▁▂▇▆▁ data"
_WORDS = f"{_NAMES} {_SIGNS}".split()
_SPELLED = dict(zip(_WORDS[::2], _WORDS[1::2]))
_LONGEST_FIRST = re.compile("|".join(sorted(map(re.escape, _SPELLED), key=len, reverse=True)))
_WORD = "[α-ωµΔΠΣΦ√∫∏∑]"  # what becomes a word, to be parted from letters beside it
_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "₀₁₂₃₄₅₆₇₈₉"


def spelled(text: str) -> str:
    """Text with Greek letters and signs spelled in ASCII: μ is mu, two letters in a row are parted by a space."""
    if text.isascii():
        return text
    text = re.sub(f"({_WORD})(?={_WORD}|[A-Za-z])", r"\1 ", text)
    text = re.sub(f"(?<=[A-Za-z])({_WORD})", r" \1", text)
    text = re.sub(f"[{_RAISED}]+", lambda run: "^" + run[0].translate(str.maketrans(_RAISED, "0123456789-")), text)
    text = re.sub(f"[{_LOWERED}]+", lambda run: "_" + run[0].translate(str.maketrans(_LOWERED, "0123456789")), text)
    text = _LONGEST_FIRST.sub(lambda found: _SPELLED[found[0]], text)
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(letter: str) -> str:
    """A letter without its accent; one of another alphabet by its number."""
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain or letter.encode("ascii", "backslashreplace").decode()


def _spell_error(error: UnicodeError) -> tuple[str, int]:
    """For `codecs`: what stands for the letters that could not be encoded, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text, start, end = error.object, error.start, error.end
    before = text[max(start - 1, 0) : start] if start and text[start - 1].isascii() else ""
    after = text[end : end + 1] if text[end : end + 1].isascii() else ""
    whole = spelled(before + text[start:end] + after)
    return whole[len(before) : len(whole) - len(after)], end


codecs.register_error("spelled", _spell_error)


def has_letters(stream: Any) -> bool:
    """Whether a stream has every letter there is: then nothing is spelled."""
    return "utf" in (getattr(stream, "encoding", "") or "").lower()


def spell(stream: Any) -> None:
    """Have a stream spell what it cannot encode; under LC_ALL=C, whatever is not ASCII.

    Python writes UTF-8 there, for it takes the C locale for a forgotten one: who sets LC_ALL means it.
    """
    if not hasattr(stream, "reconfigure"):
        return
    meant = os.environ.get("LC_ALL") in ("C", "POSIX") and not {"PYTHONUTF8", "PYTHONIOENCODING"} & os.environ.keys()
    if meant and sys.flags.utf8_mode:
        stream.reconfigure(encoding="ascii", errors="spelled")
    else:
        stream.reconfigure(errors="spelled")
