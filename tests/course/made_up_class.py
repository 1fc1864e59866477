"""A class that never was: answers drawn from the banks, some mistakes common and some rare, two pairs of copies."""

import ast
import inspect

import numpy as np

from minidgm.course.answer import InProcess
from minidgm.course.bank import collect
from minidgm.course.exercises import find, find_root
from minidgm.course.explain import report
from minidgm.course.files import load
from minidgm.course.grading import graders, run
from minidgm.course.lecturer.likeness import code_digests
from minidgm.course.report import FunctionReport

ROOT = find_root(__file__)
RIGHT, STUB = "right", "stub"
COPIES = {"s05": "s31", "s12": "s38"}  # who wrote, who copied


def draw(seed, numbers, students=40, copies=True):
    """student → exercise → function → RIGHT, STUB, or an entry of the bank; students work apart, but for the copies."""
    rng = np.random.default_rng(seed)
    names = [f"s{k:02d}" for k in range(1, students + 1)]
    exercises = [find(n) for n in numbers]
    banks = {e: [b for b in collect(ROOT, e) if b.sentence] for e in exercises}
    drawn = {}
    for name in names:
        weakness, reach = rng.uniform(0.1, 0.6), rng.integers(len(exercises) // 2, len(exercises) + 1)
        if copies and name in COPIES:
            weakness, reach = 0.6, len(exercises)
        drawn[name] = {}
        for k, exercise in enumerate(exercises):
            mine = drawn[name][exercise] = {}
            for function in exercise.functions:
                wrong = [b for b in banks[exercise] if b.function == function]
                popular = 1 / np.arange(1, len(wrong) + 1)  # the bank's first mistake is the most common
                entry = wrong[rng.choice(len(wrong), p=popular / popular.sum())]
                mine[function] = STUB if k >= reach else entry if rng.random() < weakness else RIGHT
    for writer, copier in COPIES.items() if copies else ():
        drawn[copier] = {e: dict(drawn[writer][e]) for e in exercises}
    return drawn


def source(exercise, answers):
    """A student's file: the bank's helpers, then the functions."""
    bank = (ROOT / "tests" / "exercises" / f"bank_{exercise.stem}.py").read_text(encoding="utf-8")
    helpers = [
        ast.get_source_segment(bank, node)
        for node in ast.parse(bank).body
        if not (isinstance(node, ast.ImportFrom) and node.module.startswith("minidgm"))
        and not getattr(node, "decorator_list", [])
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    right = (ROOT / "solutions" / f"{exercise.stem}.py").read_text(encoding="utf-8")
    parts = [*helpers, right]
    for function, answer in answers.items():
        if answer == STUB:
            parts.append(f'def {function}(*args):\n    raise NotImplementedError("{exercise.key}: write {function}")')
        elif answer != RIGHT:
            lines = inspect.getsource(answer.code)
            lines = lines[lines.index(f"def {answer.name}(") :] if f"def {answer.name}(" in lines else lines
            parts.append(lines.replace(f"def {answer.name}(", f"def {function}(", 1))
    return "\n\n\n".join(parts) + "\n"


_reports: dict = {}


def graded(exercise, function, answer):
    """What the graders say of one function by itself, as plain data."""
    key = (exercise.key, function, answer if isinstance(answer, str) else answer.name)
    if key not in _reports:
        tests = graders(load(ROOT / "tests" / "exercises" / f"test_{exercise.stem}.py"))[function]
        solution = load(ROOT / "solutions" / f"{exercise.stem}.py")
        if answer == STUB:
            found = FunctionReport(function, "not started")
        elif answer == RIGHT:
            found = FunctionReport(function, "right", len(tests), len(tests))
        else:
            runner = InProcess({function: answer.code})
            results = [run(test, runner, solution) for test in tests]
            found = report(ROOT, exercise, function, results, solution, runner)
        code = code_digests(inspect.getsource(answer.code)).get(answer.name, "") if answer not in (RIGHT, STUB) else ""
        _reports[key] = {**found._asdict(), "code": code}
    return _reports[key]


def report_json(name, drawn):
    """NAME/report.json as `minidgm grade` writes it."""
    entries = []
    for exercise, answers in drawn.items():
        functions = [graded(exercise, function, answer) for function, answer in answers.items()]
        entries.append({"exercise": exercise.stem, "title": exercise.title, "problem": "", "functions": functions})
    return {"submission": name, "minidgm": "", "note": "", "exercises": entries}
