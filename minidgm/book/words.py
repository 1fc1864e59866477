"""Words on the page: escaped, with q_agg as a q with an index and minus signs that are none of hyphens."""

import html
import re

INDEX = re.compile(r"(?<![\w^])(IWAE|[A-Za-zα-ωΣ]\u0303?)_(agg|1:d|<[a-z]|[a-zA-Z0-9])(?![A-Za-z0-9])")


def t(text: str) -> str:
    """Text as HTML."""
    return html.escape(str(text), quote=False)


def rich(text: str) -> str:
    """The same with indices and minus signs as the formulas have them, and `code` as code."""
    parts = re.split("`([^`]+)`", str(text))
    return "".join(f"<code>{t(part)}</code>" if k % 2 else _indexed(part) for k, part in enumerate(parts))


def _indexed(text: str) -> str:
    text = re.sub(r"(?<![\w.])-(?=\d)", "−", text)
    return re.sub("\x01(.*?)\x02", r"<sub>\1</sub>", t(INDEX.sub("\\1\x01\\2\x02", text)))


def sentence(text: str, stop: str = ".") -> str:
    """With a capital where a word begins it (not a letter of a formula), and a full stop."""
    word = text.partition(" ")[0]
    begins = word.isalpha() and word.islower() and (len(word) > 1 or word == "a") and word != "log"
    return (text[:1].upper() + text[1:] if begins else text).rstrip(".") + stop
