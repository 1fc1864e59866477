"""The tour: two moons to begin with, then every row of the lecture in its lab's quick form, then the page.

A row as it finishes: its claim, the number measured, what is known to be true. A row that breaks is named and left; a
row that an interrupted tour has done already, with the same settings, is not done again. `minidgm tour` runs it.
"""

import contextlib
import json
import signal
import time
import traceback
from pathlib import Path

import numpy

from minidgm.course.terminal import Screen
from minidgm.data import Moons, moons
from minidgm.distributions import StandardNormal
from minidgm.errors import UserError
from minidgm.flows import FlowModel, maf, real_nvp
from minidgm.labs import LABS, Lab, Options, results
from minidgm.labs.baselines import Gaussian
from minidgm.labs.claims import CLAIMS
from minidgm.labs.report import DEFAULT, Report, make_folder, save_json
from minidgm.labs.run import parts_of, run_part
from minidgm.labs.training import fit, negative_log_likelihood
from minidgm.plots.flows import densities_figure
from minidgm.tensor import parameters
from minidgm.train import mean_loss

SEED, SEEDS = 0, 3
MARK = "tour.json"  # in the folder of every tour: the settings of its rows


class Stopped(BaseException):
    """Ctrl-C: a training would take a KeyboardInterrupt for its own end, and the row go on."""


class Quiet(Report):
    """A report that is written, and not printed."""

    def _print(self, text: str) -> None:
        with contextlib.redirect_stdout(None):
            super()._print(text)


def run(out: Path | None, quick: bool = False) -> tuple[Path, list[str]]:
    """The whole tour into a folder: it, and the rows that broke. quick: one seed, and only a few steps on two moons.

    Raises UserError for a folder with other files in it, or with a tour of other settings; KeyboardInterrupt when
    stopped, with everything kept that was done.
    """
    options = Options(seeds=1, quick=True) if quick else Options(seeds=SEEDS, quick=True, tour=True)
    folder = prepare(out, options)
    screen, start, broken = Screen(), time.monotonic(), []
    before = sum(len(results.done(folder / lab.name)) for lab in LABS)
    screen.paragraph(f"The lecture in {len(CLAIMS)} rows, each measured here and now, in quick form: numbers without a "
                     f"verdict. minidgm lab NAME measures one in full. Results: {folder}")  # fmt: skip
    if before:
        screen.line(f"{before} rows were done before.")
    screen.line()
    try:
        with at_once():
            opening(Report(folder / "moons", quick), 60 if quick else 1500)
            for lab in LABS:
                make_folder(folder / lab.name)
                broken += tour_of(lab, folder / lab.name, options, screen)
    except Stopped:
        screen.line()
        screen.paragraph(f"What is done is kept in {folder}; the same command goes on from there.")
        raise KeyboardInterrupt from None
    found = results.collect(folder)
    screen.line(f"\n{results.table(found)}\n" if screen.terminal else "")
    screen.line(f"{len(found)} rows, {time.monotonic() - start:.0f} seconds. Tables and figures: {folder}")
    return folder, broken


def prepare(out: Path | None, options: Options) -> Path:
    """The folder of the tour: the one asked for, else the first of minidgm-results/tour, tour-2, … with these settings.

    It is new, empty, or holds a tour of the same settings, which is gone on with.
    """
    settings = {"format": 1, "seeds": options.seeds, "tour": options.tour}

    def settings_of(folder: Path) -> dict:
        try:
            found = json.loads((folder / MARK).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    folder, k = out or DEFAULT / "tour", 1
    while folder.exists() and settings_of(folder) != settings:
        if folder.is_dir() and not any(folder.iterdir()):
            break
        if out is not None:
            found = settings_of(folder)
            other = (
                f"holds a tour of {found.get('seeds')} seeds" if found else "is there already and not an empty folder"
            )
            raise UserError(f"--out {out}: {other}; name another one")
        k += 1
        folder = DEFAULT / f"tour-{k}"
    make_folder(folder)
    save_json(folder / MARK, settings)
    return folder


@contextlib.contextmanager
def at_once():
    """Ctrl-C raises Stopped within this, wherever the row is."""

    def stop(*_):
        raise Stopped

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not in the main thread: nobody presses Ctrl-C there
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def tour_of(lab: Lab, folder: Path, options: Options, screen: Screen) -> list[str]:
    """Run what is missing of one lab, and print a line for each of its rows; returns those that broke."""
    broken: list[str] = []
    for part in parts_of(lab):
        names = [str(row) for row in part.rows]
        if not set(names) <= results.done(folder):
            try:
                with screen.waiting(f"row {', '.join(names)} ..."):
                    run_part(lab, part, Quiet(folder, options.quick), options)
            except UserError:
                raise
            except Exception as error:
                broken += names
                (folder / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
                for name in names:
                    screen.paragraph(f"{screen.mark('wrong')} {label(name)} could not be measured: {error!r:.200}", 0)
                continue
        found = results.load(folder)["rows"]
        for name in names:
            if name in found:
                show(screen, name, found[name])
    return broken


def label(row: str) -> str:
    """A row's number, or + for what is beyond the slides."""
    return f"{row:>2}" if row.isdigit() else " +"


def show(screen: Screen, row: str, result: dict) -> None:
    """A row's claim, and below it the number measured beside the truth."""
    screen.line(f"{screen.mark('measured')} {label(row)}  {screen.style(result['claim'], 'bold')}")
    screen.paragraph(f"{result['number']} | known: {result['truth']}", 6)


# ------------------------------------------------------------------ two moons


def opening(report: Report, steps: int) -> None:
    """RealNVP and MAF on two moons, whose true density is known: a picture within the first minute."""
    if (report.folder / "moons.png").exists():
        return
    make_folder(report.folder)
    rng = numpy.random.default_rng(SEED)
    train_x, validation_x, test_x = (moons(rng, n) for n in (10_000, 2_000, 5_000))
    gaussian = Gaussian(train_x)
    flows = {
        "RealNVP": real_nvp(2, layers=8, hidden=(64, 64), rng=rng),
        "MAF": maf(2, layers=5, hidden=(64, 64), rng=rng),
    }
    models = {name: FlowModel(flow, StandardNormal(2)) for name, flow in flows.items()}
    rows = [("Gaussian, full covariance", 5, -mean_loss(gaussian, negative_log_likelihood, test_x), 0.0)]
    for name, model in models.items():
        model.initialize(train_x[:1000])
        fit(model, negative_log_likelihood, train_x, rng, steps=steps, batch=256, clip=1.0, average=0.99, checks=10,
            validation=validation_x, name=f"{name} on moons")  # fmt: skip
        score = -mean_loss(model, negative_log_likelihood, test_x)
        size = sum(array.size for array in parameters(model).values())
        rows.append((name, size, score, score - rows[0][2]))
    truth = float(numpy.mean(Moons().log_prob(test_x)))
    rows.append(("the true density", "", truth, truth - rows[0][2]))
    title = f"Two moons: mean test log-likelihood of {len(test_x)} points, nats"
    report.table("moons", ("model", "parameters", "log p(x)", "above the Gaussian"), rows, title)
    samples = {name: model.sample(numpy.random.default_rng(SEED), 2000) for name, model in models.items()}
    report.figure("moons", densities_figure(test_x[:2000], {"Gaussian": gaussian, **models}, samples))
    print(flush=True)
