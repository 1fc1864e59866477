"""The whole state of a training run: what a step changes, what a checkpoint holds, how a saved one is taken up again.

A saved state is validated whole before any of it is set, so that a damaged one changes nothing.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from minidgm.checkpoint import check_arrays, set_arrays
from minidgm.errors import UserError
from minidgm.optim import MovingAverage
from minidgm.tensor import arrays, parameters

FORMAT = "2"  # of checkpoints: Adam's averages are the paper's since


@dataclass
class History:
    """What a run did: (step, loss) pairs, means over the steps between them, and (step, validation loss) pairs."""

    loss: list = field(default_factory=list)
    validation: list = field(default_factory=list)
    step: int = 0
    best_step: int = 0
    best: float = math.inf
    interrupted: bool = False


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
