"""Stubs are generated from solutions, so there is one source.

    python -m minidgm.course.author stubs            writes exercises/, over what is there (`minidgm reset` keeps it)
    python -m minidgm.course.author stubs 07         writes that one
    python -m minidgm.course.author stubs --check    writes nothing; lists what has drifted

A stub keeps the module docstring, the imports, and each public function's signature and docstring; the body becomes one
line, `raise NotImplementedError("ex07: write coupling_f")`.
"""

from pathlib import Path

from minidgm.course.answer import InProcess
from minidgm.course.exercises import EXERCISES, Exercise, find, find_root
from minidgm.course.files import load
from minidgm.course.grading import graders
from minidgm.course.grading import run as grade
from minidgm.course.source import functions_of, stub
from minidgm.course.start import write_stub


def problems(root: Path, exercise: Exercise) -> list[str]:
    """Everything that is not as it should be with one exercise's files, a sentence each."""
    paths = {
        "solution": exercise.solution(root),
        "stub": exercise.answer(root),
        "grader": exercise.graders(root),
        "bank": exercise.bank(root),
    }
    missing = [f"{path.relative_to(root)}: missing (the {name})" for name, path in paths.items() if not path.exists()]
    if missing:
        return missing
    found = []
    text = paths["solution"].read_text(encoding="utf-8")
    if paths["stub"].read_text(encoding="utf-8") != stub(text, exercise):
        found.append(f"exercises/{exercise.stem}.py: differs from the stub that the solution makes")
    public = [name for name in functions_of(text) if not name.startswith("_")]
    if public != list(exercise.functions):
        found.append(f"solutions/{exercise.stem}.py: defines {public}, the list says {list(exercise.functions)}")
    return found + _graded(paths, exercise) + _hints(exercise)


def _graded(paths: dict[str, Path], exercise: Exercise) -> list[str]:
    """The stub must be skipped by every grader and the solution pass every one."""
    tests, solution, blank = graders(load(paths["grader"])), load(paths["solution"]), load(paths["stub"])
    found = [f"{exercise.stem}: no grader for {name}" for name in exercise.functions if not tests.get(name)]
    for test in (test for mine in tests.values() for test in mine):
        if (result := grade(test, InProcess(vars(solution)), solution)).status != "passed":
            found.append(f"solutions/{exercise.stem}.py: {result.test} {result.status}: {result.message}")
        if (result := grade(test, InProcess(vars(blank)), solution)).status != "not started":
            found.append(f"exercises/{exercise.stem}.py: the stub is not skipped by {result.test}: {result.status}")
    return found


def _hints(exercise: Exercise) -> list[str]:
    """Three different hints per function."""
    return [
        f"minidgm/course/entries/{exercise.key}.py: {name} needs three hints"
        for name in exercise.functions
        if len(set(exercise.hints.get(name, ()))) != 3
    ]


def unlisted(root: Path) -> list[str]:
    """Files that look like an exercise's and are on no list."""
    known = {e.stem for e in EXERCISES}
    found = []
    for folder, prefix in (
        ("solutions", ""),
        ("exercises", ""),
        ("tests/exercises", "test_"),
        ("tests/exercises", "bank_"),
    ):
        for path in sorted((root / folder).glob(f"{prefix}ex*.py")):
            if path.stem.removeprefix(prefix) not in known:
                found.append(f"{path.relative_to(root)}: not on the list in minidgm/course/exercises.py")
    return found


def run(names: list[str], check: bool) -> int:
    """Generate stubs, or check everything; 1 when something is wrong."""
    root = find_root()
    chosen = [find(name) for name in names] or list(EXERCISES)
    if not check:
        for exercise in chosen:
            print(write_stub(root, exercise).relative_to(root))
        return 0
    found = [problem for exercise in chosen for problem in problems(root, exercise)] + unlisted(root)
    print("\n".join(found) or f"{len(chosen)} exercises: stubs, solutions, graders, banks and hints agree.")
    return 1 if found else 0
