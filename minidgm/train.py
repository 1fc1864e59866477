"""One training loop for every model: minibatches, validation, early stopping, checkpoints.

    for batch in minibatches:
        value, grad = value_and_grad(loss)(model, batch, rng)
        optimizer.step(model, grad)

is all there is to training; the rest of this file is what makes a long run pleasant: the best model so far is kept,
Ctrl-C ends the run with it (twice: the program), a checkpoint continues bit for bit, and a step that goes wrong costs
nothing of what was there before it.
"""

import functools
import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from minidgm.checkpoint import check_arrays, load_arrays, load_model, locked, save_arrays, save_model, set_arrays
from minidgm.errors import UserError
from minidgm.optim import Adam, MovingAverage, clip_by_norm
from minidgm.progress import Progress
from minidgm.tensor import arrays, parameters, value_and_grad

__all__ = ["History", "load_arrays", "load_model", "mean_loss", "save_arrays", "save_model", "set_arrays", "train"]

FORMAT = "2"  # of checkpoints: Adam's averages are the paper's since
PAUSE = 1.0  # seconds after Ctrl-C in which another one is meant for the whole program
VALIDATION_SEED = 0  # validation always draws the same noise, so two of its values differ by the model alone


@dataclass
class History:
    """What a run did: (step, loss) pairs, means over the steps between them, and (step, validation loss) pairs."""

    loss: list = field(default_factory=list)
    validation: list = field(default_factory=list)
    step: int = 0
    best_step: int = 0
    best: float = math.inf
    interrupted: bool = False


def train(
    model,
    loss: Callable,
    data,
    rng,
    *,
    steps: int,
    batch: int = 128,
    optimizer=None,
    validation=None,
    every: int = 100,
    patience: int | None = None,
    clip: float | None = None,
    average: float | None = None,
    checkpoint=None,
    resume: bool = False,
    validation_loss: Callable | None = None,
    name: str = "train",
) -> History:
    """Minimize `loss(model, batch, rng)`, one number, by `steps` steps on minibatches of `data`; returns a History.

    data, validation: an array whose first axis are the objects, or a tuple of such arrays, which are cut alike.
    every:      how many steps lie between two entries of the history and two validations.
    patience:   stop after so many validations in a row without a new best one.
    clip:       the longest gradient allowed (`clip_by_norm`).
    average:    decay of an exponential moving average of the parameters: what is validated and kept.
    checkpoint: a path; the run's whole state is written there at each validation, and with resume=True read from it.
    validation_loss: what to validate by, where it differs from `loss`.
    A loss with a schedule, as `negative_elbo(warm_up(1000))` is, has a method `at_step`, which is told the step.

    The model is trained in place. At the end it holds the parameters with the best validation loss, or the last ones
    if there is no validation; so it does after an error. Raises ValueError for data with NaN; FloatingPointError for a
    loss, gradient or validation loss that is no finite number, which names the step and what to try.
    """
    parts = _checked("data", data)
    for what, number in (("steps", steps), ("batch", batch), ("every", every)):
        if not hasattr(number, "__index__") or number < (what != "steps"):
            raise ValueError(f"{what}: expected a whole number from 1 on, got {number!r}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng: expected a numpy.random.Generator, as np.random.default_rng(0) makes, got {rng!r}")
    if not parameters(model):
        raise ValueError("model: has no parameters to train: a Module's parameters are its float arrays")
    if validation is not None:
        _checked("validation", validation)
    keep_freed_memory()
    run = Run(model, optimizer or Adam(), rng, len(parts[0]), min(batch, len(parts[0])), average)
    path = _checkpoint_path(checkpoint, resume)
    step_of, history, recent = value_and_grad(loss), run.history, []
    with locked(path):
        if path is not None and resume and path.exists():
            run.restore(load_arrays(path), path)
            history = run.history
        try:
            with Progress(name, steps) as progress, np.errstate(all="ignore"):  # what goes wrong is said in a sentence
                while history.step < steps and not run.out_of_patience(patience):
                    rows = run.next_rows()
                    if hasattr(loss, "at_step"):  # the loss has a schedule
                        loss.at_step(history.step + 1)
                    value, grad = step_of(model, _rows(parts, rows, data), rng)
                    check_finite(value, grad, history.step + 1, path)
                    run.step(grad if clip is None else clip_by_norm(grad, clip)[0])
                    recent.append(float(value))
                    progress.show(history.step, _state_of(recent[-1], history))
                    if history.step % every == 0 or history.step == steps:
                        run.check_parameters(path)
                        history.loss.append((history.step, float(np.mean(recent))))
                        recent = []
                        if validation is not None:
                            judge = validation_loss or loss
                            run.validate(mean_loss(run.candidate, judge, validation, batch=max(batch, 256)), path)
                        run.keep_good()
                        if path is not None:
                            save_arrays(path, run.state())
        except KeyboardInterrupt:
            history.interrupted = True
        except BaseException:
            run.finish(has_validation=validation is not None, failed=True)
            raise
    run.finish(has_validation=validation is not None)
    if history.interrupted:
        kept = "the best model so far" if run.best else "the model as it is"
        print(f"{name}: stopped at step {history.step} of {steps}, goes on with {kept}; "
              "Ctrl-C once more, at once, stops everything", file=sys.stderr)  # fmt: skip
        time.sleep(PAUSE)  # outside of the try: a second Ctrl-C leaves the program
    return history


@functools.cache
def keep_freed_memory() -> None:
    """Let the C library (glibc) keep up to 64 MB of freed memory for the next step, instead of returning it.

    It does so from then on, once an array of this size has been freed. A step that waits for fresh pages, one by one,
    takes a fifth longer on a large model.
    """
    np.empty(31 << 20, np.uint8)


def check_finite(value, grad: dict, step: int, path: Path | None) -> None:
    """FloatingPointError, before anything is changed, unless the loss and the whole gradient are finite."""
    kept = "" if path is None else f"; {path} still holds the last good state"
    if not np.isfinite(value):
        raise FloatingPointError(f"loss: {value} at step {step}; try a smaller lr, or clip=1.0{kept}")
    for name, g in grad.items():
        flat = g.ravel()
        if not np.isfinite(np.dot(flat, flat)) and not np.all(np.isfinite(flat)):  # large squares are no harm
            raise FloatingPointError(
                f"gradient: NaN or infinity in {name} at step {step}, though the loss is {float(value):.4g}: "
                f"a square root or logarithm at 0? Nothing was changed by it{kept}"
            )


def mean_loss(model, loss: Callable, data, batch: int = 256, seed: int = VALIDATION_SEED) -> float:
    """The mean over all objects of `loss(model, batch, rng)`, batch by batch, with noise from one fixed seed."""
    parts, rng, total = data if isinstance(data, tuple) else (data,), np.random.default_rng(seed), 0.0
    for start in range(0, len(parts[0]), batch):
        rows = slice(start, start + batch)
        total += float(loss(model, _rows(parts, rows, data), rng)) * len(parts[0][rows])
    return total / len(parts[0])


class Run:
    """The whole state of a training run, so that it can be saved and taken up again."""

    def __init__(self, model, optimizer, rng, n: int, batch: int, average: float | None):
        self.model, self.optimizer, self.rng, self.n, self.batch = model, optimizer, rng, n, batch
        self.average = None if average is None else MovingAverage(model, average)
        self.history, self.bad = History(), 0
        self.order, self.position = np.arange(n), n  # n: the first step shuffles
        self.best: dict[str, np.ndarray] = {}
        self.good = {path: array.copy() for path, array in arrays(self.candidate).items()}  # finite for sure

    @property
    def candidate(self):
        """The model to validate and to keep: the averaged one, if there is one."""
        return self.model if self.average is None else self.average.model

    def next_rows(self) -> np.ndarray:
        """The next minibatch of the epoch's order; a rest too small for one is left out, and a new epoch shuffled."""
        if self.position + self.batch > self.n:
            self.order, self.position = self.rng.permutation(self.n), 0
        self.position += self.batch
        return self.order[self.position - self.batch : self.position]

    def step(self, grad: dict) -> None:
        self.optimizer.step(self.model, grad)
        if self.average is not None:
            self.average.update(self.model)
        self.history.step += 1

    def check_parameters(self, path: Path | None) -> None:
        """FloatingPointError if a step from a finite gradient has made a parameter NaN or infinite (lr too large)."""
        for name, array in parameters(self.model).items():
            if not np.all(np.isfinite(array)):
                kept = "" if path is None else f"; {path} still holds the last good state"
                raise FloatingPointError(
                    f"{name}: NaN or infinity by step {self.history.step}; try a smaller lr, or clip=1.0{kept}"
                )

    def keep_good(self) -> None:
        """Remember the model as it is now, for a step that goes wrong later."""
        for path, array in arrays(self.candidate).items():
            self.good[path][...] = array

    def validate(self, value: float, path: Path | None = None) -> None:
        if not math.isfinite(value):
            kept = "" if path is None else f"; {path} still holds the last good state"
            raise FloatingPointError(f"validation loss: {value} at step {self.history.step}; is its data right?{kept}")
        self.history.validation.append((self.history.step, value))
        self.bad += 1
        if value < self.history.best:
            self.history.best, self.history.best_step, self.bad = value, self.history.step, 0
            self.best = {path: array.copy() for path, array in arrays(self.candidate).items()}

    def out_of_patience(self, patience: int | None) -> bool:
        return patience is not None and self.bad >= patience

    def finish(self, has_validation: bool, failed: bool = False) -> None:
        """Put the best parameters (or, without validation, the candidate's, or the last good ones) into the model."""
        kept = self.good if failed else arrays(self.candidate)
        set_arrays(self.model, self.best if has_validation and self.best else kept)

    def made_with(self) -> dict[str, str]:
        """What has to be the same in a run that continues this one, beside the model and the data."""
        optimizer, rng = type(self.optimizer).__name__, type(self.rng.bit_generator).__name__
        return {"format": FORMAT, "optimizer": optimizer, "rng": rng, "batch": str(self.batch)}

    def state(self) -> dict[str, np.ndarray]:
        numbers = {"history": vars(self.history), "bad": self.bad, "position": self.position}
        numbers["made_with"] = self.made_with()
        state = {"numbers": np.array(json.dumps(numbers)), "order": self.order}
        state["rng"] = np.array(json.dumps(self.rng.bit_generator.state, default=np.ndarray.tolist))
        groups = {"model": arrays(self.model), "best": self.best, "optimizer": self.optimizer.state()}
        if self.average is not None:
            groups["average"] = arrays(self.average.model)
        for group, members in groups.items():
            state |= {f"{group}/{path}": np.asarray(array) for path, array in members.items()}
        return state

    def restore(self, state: dict[str, np.ndarray], path) -> None:
        """Take up a saved state, whole or not at all; UserError if it is none, or of another model or other data."""
        groups: dict[str, dict] = {"model": {}, "best": {}, "optimizer": {}, "average": {}}
        try:
            for key, array in state.items():
                group, _, member = key.partition("/")
                if member:
                    groups[group][member] = array
            numbers, rng_state = json.loads(str(state["numbers"])), json.loads(str(state["rng"]))
            order, history = state["order"], _history(numbers["history"])
            before = {str(name): str(value) for name, value in numbers["made_with"].items()}
            bad, position = int(numbers["bad"]), int(numbers["position"])
            generator = type(self.rng.bit_generator)()
            if before.get("rng") == type(generator).__name__:
                generator.state = rng_state  # ValueError for a state of another kind
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise UserError(f"{path}: not a checkpoint of a training run, or a damaged one") from error
        if len(order) != self.n:
            raise UserError(f"{path}: the checkpoint was made with {len(order)} objects, the data has {self.n}")
        for name, wanted in self.made_with().items():
            if before.get(name) != wanted:
                got = before.get(name, "of an older minidgm" if name == "format" else "unknown")
                raise UserError(f"{path}: the checkpoint was made with the {name} {got}, not {wanted}")
        if order.dtype.kind not in "iu" or not np.array_equal(np.sort(order), np.arange(self.n)):
            raise UserError(f"{path}: not a checkpoint of a training run, or a damaged one")
        if (self.average is None) == bool(groups["average"]):
            raise UserError(f"{path}: the checkpoint was made with another setting of `average`")
        model = check_arrays(arrays(self.model), groups["model"], path)
        best = check_arrays(arrays(self.candidate), groups["best"], path) if groups["best"] else {}
        average = {} if self.average is None else check_arrays(arrays(self.average.model), groups["average"], path)
        try:
            self.optimizer.restore(groups["optimizer"])
        except (ValueError, TypeError) as error:
            raise UserError(f"{path}: a damaged checkpoint ({error})") from error
        set_arrays(self.model, model, path)
        if self.average is not None:
            set_arrays(self.average.model, average, path)
        self.best, self.bad, self.order, self.position, self.history = best, bad, order, position, history
        self.rng.bit_generator.state = rng_state
        self.keep_good()


def _history(saved: dict) -> History:
    """A History out of a file's JSON; TypeError or ValueError for anything else."""
    history = History(**saved)
    for pairs in (history.loss, history.validation):
        pairs[:] = [(int(step), float(value)) for step, value in pairs]  # JSON has made lists of them
    numbers = (history.step, history.best_step)
    if not all(type(n) is int and n >= 0 for n in numbers) or not isinstance(history.best, float | int):
        raise ValueError("a history without its numbers")
    history.best, history.interrupted = float(history.best), False
    return history


# ------------------------------------------------------------------ small parts


def _checked(name: str, data) -> tuple:
    """The parts of a data set: equally long, not empty, without NaN."""
    parts = data if isinstance(data, tuple) else (data,)
    if not all(isinstance(part, np.ndarray) and part.ndim for part in parts):
        raise ValueError(f"{name}: expected an array, or a tuple of arrays, whose first axis are the objects")
    lengths = [len(part) for part in parts]
    if len(set(lengths)) != 1 or lengths[0] == 0:
        raise ValueError(f"{name}: expected arrays with the same number of objects, at least one, got {lengths}")
    for part in parts:
        if part.dtype.kind == "f" and not np.all(np.isfinite(part)):
            row = int(np.argwhere(~np.isfinite(part))[0][0])
            raise ValueError(f"{name}: expected finite numbers, got NaN or infinity in row {row}; clean the data first")
    return parts


def _rows(parts, rows, data):
    """The rows of each part, as `data` was given: an array, or a tuple of arrays."""
    return tuple(part[rows] for part in parts) if isinstance(data, tuple) else parts[0][rows]


def _checkpoint_path(checkpoint, resume: bool) -> Path | None:
    if checkpoint is None:
        return None
    if not str(checkpoint) or Path(checkpoint).is_dir():
        raise UserError(f"checkpoint: expected the path of a file, got {str(checkpoint)!r}")
    path = Path(checkpoint)
    if path.exists() and not resume:
        raise UserError(f"{path}: a checkpoint is there already; resume=True continues it, or name another file")
    return path


def _state_of(loss: float, history: History) -> str:
    best = f"  best {history.best:.4f}" if history.validation else ""
    return f"loss {loss:.4f}{best}"
