"""The learner's own editor, opened at a function."""

import os
import shlex
import subprocess
from pathlib import Path

from minidgm.course.feedback import place
from minidgm.errors import UserError


def edit(path: Path, function: str) -> None:
    """Open a file in the learner's editor, at a function where the editor is known to take a line.

    Raises UserError when no editor is set, or it can't be started.
    """
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not editor:
        raise UserError("next --edit: no editor is set; set one, as in `export EDITOR=nano`.")
    takes_a_line = Path(editor[0]).name in ("vi", "vim", "nvim", "nano", "emacs", "micro")
    try:
        subprocess.call([*editor, *([f"+{place(path, function)}"] if takes_a_line else []), str(path)])
    except OSError as error:
        raise UserError(f"next --edit: {editor[0]} can't be started ({error.strerror}).") from error
