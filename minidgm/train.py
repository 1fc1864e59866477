"""One training loop for every model: minibatches, validation, early stopping, checkpoints.

    for batch in minibatches:
        value, grad = value_and_grad(loss)(model, batch, rng)
        optimizer.step(model, grad)

is all there is to training; the rest of this file is what makes a long run pleasant: the best model so far is kept,
Ctrl-C ends the run with it (twice: the program), and a checkpoint continues bit for bit.
"""

import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from minidgm.checkpoint import load_arrays, load_model, save_arrays, save_model, set_arrays
from minidgm.errors import UserError
from minidgm.optim import Adam, MovingAverage, clip_by_norm
from minidgm.progress import Progress
from minidgm.tensor import arrays, value_and_grad

__all__ = ["History", "load_arrays", "load_model", "mean_loss", "save_arrays", "save_model", "set_arrays", "train"]

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
    A loss with a schedule, as `negative_elbo(warm_up(1000))` has, is told the steps already done in `loss.step`.

    The model is trained in place. At the end it holds the parameters with the best validation loss, or the last ones
    if there is no validation. Raises ValueError for data with NaN, FloatingPointError for a loss that is no number.
    """
    parts = _checked("data", data)
    for what, number in (("batch", batch), ("every", every)):
        if number < 1:
            raise ValueError(f"{what}: expected a whole number from 1 on, got {number}")
    if validation is not None:
        _checked("validation", validation)
    run = Run(model, optimizer or Adam(), rng, len(parts[0]), min(batch, len(parts[0])), average)
    path = _checkpoint_path(checkpoint, resume)
    if path is not None and resume and path.exists():
        run.restore(load_arrays(path), path)
    step_of, history, recent = value_and_grad(loss), run.history, []
    try:
        with Progress(name, steps) as progress:
            while history.step < steps and not run.out_of_patience(patience):
                rows = run.next_rows()
                if hasattr(loss, "step"):  # the loss has a schedule
                    loss.step = history.step
                value, grad = step_of(model, _rows(parts, rows, data), rng)
                if not np.isfinite(value):
                    raise FloatingPointError(f"loss: {value} at step {history.step + 1}; try a smaller lr, or clip=1.0")
                run.step(grad if clip is None else clip_by_norm(grad, clip)[0])
                recent.append(float(value))
                progress.show(history.step, _state_of(recent[-1], history))
                if history.step % every == 0 or history.step == steps:
                    history.loss.append((history.step, float(np.mean(recent))))
                    recent = []
                    if validation is not None:
                        judge = validation_loss or loss
                        run.validate(mean_loss(run.candidate, judge, validation, batch=max(batch, 256)))
                    if path is not None:
                        save_arrays(path, run.state())
    except KeyboardInterrupt:
        history.interrupted = True
    run.finish(has_validation=validation is not None)
    if history.interrupted:
        kept = "the best model so far" if run.best else "the model as it is"
        print(f"{name}: stopped at step {history.step} of {steps}, goes on with {kept}; "
              "Ctrl-C once more, at once, stops everything", file=sys.stderr)  # fmt: skip
        time.sleep(PAUSE)  # outside of the try: a second Ctrl-C leaves the program
    return history


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

    def validate(self, value: float) -> None:
        self.history.validation.append((self.history.step, value))
        self.bad += 1
        if value < self.history.best:
            self.history.best, self.history.best_step, self.bad = value, self.history.step, 0
            self.best = {path: array.copy() for path, array in arrays(self.candidate).items()}

    def out_of_patience(self, patience: int | None) -> bool:
        return patience is not None and self.bad >= patience

    def finish(self, has_validation: bool) -> None:
        """Put the best parameters (or, without validation, the candidate's) into the model."""
        set_arrays(self.model, self.best if has_validation and self.best else arrays(self.candidate))

    def made_with(self) -> dict[str, str]:
        """What has to be the same in a run that continues this one, beside the model and the data."""
        return {"optimizer": type(self.optimizer).__name__, "rng": type(self.rng.bit_generator).__name__}

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
        """Take up a saved state; UserError if it belongs to another model or other data."""
        groups: dict[str, dict] = {"model": {}, "best": {}, "optimizer": {}, "average": {}}
        try:
            for key, array in state.items():
                group, _, member = key.partition("/")
                if member:
                    groups[group][member] = array
            numbers, rng_state = json.loads(str(state["numbers"])), json.loads(str(state["rng"]))
            order, self.history = state["order"], History(**numbers["history"])
            before, now = numbers["made_with"], self.made_with()
            for pairs in (self.history.loss, self.history.validation):
                pairs[:] = map(tuple, pairs)  # JSON has made lists of them
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(f"{path}: not a checkpoint of a training run") from error
        if len(order) != self.n:
            raise UserError(f"{path}: the checkpoint was made with {len(order)} objects, the data has {self.n}")
        for name, wanted in now.items():
            if before[name] != wanted:
                raise UserError(f"{path}: the checkpoint was made with the {name} {before[name]}, not {wanted}")
        if (self.average is None) == bool(groups["average"]):
            raise UserError(f"{path}: the checkpoint was made with another setting of `average`")
        set_arrays(self.model, groups["model"], path)
        if self.average is not None:
            set_arrays(self.average.model, groups["average"], path)
        self.best, self.bad, self.order, self.position = groups["best"], numbers["bad"], order, numbers["position"]
        self.optimizer.restore(groups["optimizer"])
        self.rng.bit_generator.state = rng_state


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
    path = Path(checkpoint)
    if path.exists() and not resume:
        raise UserError(f"{path}: a checkpoint is there already; resume=True continues it, or name another file")
    return path


def _state_of(loss: float, history: History) -> str:
    best = f"  best {history.best:.4f}" if history.validation else ""
    return f"loss {loss:.4f}{best}"
