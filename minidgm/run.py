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
        self.size = sum(array.size for array in parameters(model).values())
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

    def check_finite(self, path: Path | None) -> None:
        """FloatingPointError if steps from finite gradients have made a parameter, or an average, NaN or infinite.

        An average of squares overflows long before a gradient does, and the parameters then stand still.
        """
        averages = {f"the optimizer's {name}": array for name, array in self.optimizer.state().items()}
        for name, array in (parameters(self.model) | averages).items():
            if not np.all(np.isfinite(array)):
                raise FloatingPointError(
                    f"{name}: NaN or infinity by step {self.history.step}; "
                    f"try a smaller lr, or clip=1.0{last_good(path)}"
                )

    def keep_good(self) -> None:
        """Remember the model as it is now, for a step that goes wrong later."""
        for path, array in arrays(self.candidate).items():
            self.good[path][...] = array

    def validate(self, value: float, path: Path | None = None) -> None:
        if not math.isfinite(value):
            raise FloatingPointError(
                f"validation loss: {value} at step {self.history.step}; is its data right?{last_good(path)}"
            )
        self.history.validation.append((self.history.step, value))
        self.bad += 1
        if value < self.history.best:
            self.best = {name: array.copy() for name, array in arrays(self.candidate).items()}
            self.history.best, self.history.best_step, self.bad = value, self.history.step, 0

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

    def settings(self, t: int) -> dict[str, float]:
        """The numbers that a resumed run may change: the optimizer's, a schedule's at step t, the average's decay."""
        named = {k: v(t) if k == "lr" and callable(v) else v for k, v in vars(self.optimizer).items()}
        named |= {} if self.average is None else {"average": self.average.decay}
        return {k: float(v) for k, v in named.items() if isinstance(v, int | float | np.number) and k != "t"}

    def state(self) -> dict[str, np.ndarray]:
        numbers = {"history": vars(self.history), "bad": self.bad, "position": self.position}
        numbers["settings"] = self.settings(self.history.step)
        numbers["made_with"] = self.made_with()
        state = {"numbers": np.array(json.dumps(numbers)), "order": self.order}
        state["rng"] = np.array(json.dumps(self.rng.bit_generator.state, default=np.ndarray.tolist))
        groups = {"model": arrays(self.model), "best": self.best, "optimizer": self.optimizer.state()}
        if self.average is not None:
            groups["average"] = arrays(self.average.model)
        for group, members in groups.items():
            state |= {f"{group}/{path}": np.asarray(array) for path, array in members.items()}
        return state

    def restore(self, state: dict[str, np.ndarray], path) -> list[str]:
        """Take up a saved state, whole or not at all; UserError if it is none, or of another model or other data.

        Returns which settings were others, as "lr 0.001, now 0.01": those of this run hold.
        """
        groups: dict[str, dict] = {"model": {}, "best": {}, "optimizer": {}, "average": {}}
        try:
            for key, array in state.items():
                group, _, member = key.partition("/")
                if member:
                    groups[group][member] = array
            numbers, rng_state = json.loads(str(state["numbers"])), json.loads(str(state["rng"]))
            order, history = state["order"], _history(numbers["history"])
            before = {str(name): str(value) for name, value in numbers["made_with"].items()}
            settings = {str(name): float(value) for name, value in numbers.get("settings", {}).items()}
            bad, position = _whole(numbers["bad"]), _whole(numbers["position"], most=len(order))
            if order.dtype.kind not in "iu" or not np.array_equal(np.sort(order), np.arange(len(order))):
                raise ValueError("an order of objects that leaves some out")
            if math.isfinite(history.best) != bool(groups["best"]):
                raise ValueError("a best loss without its model, or a model without its loss")
            if any(array.size not in (1, self.size) for array in groups["optimizer"].values()):
                raise ValueError("averages of another model")
            generator = type(self.rng.bit_generator)()
            if before.get("rng") == type(generator).__name__:
                generator.state = rng_state  # ValueError for a state of another kind
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise UserError(f"{path}: not a checkpoint of a training run, or a damaged one") from error
        if len(order) != self.n:
            raise UserError(f"{path}: the checkpoint was made with {len(order)} objects, the data has {self.n}")
        for name, wanted in self.made_with().items():
            if before.get(name) != wanted:
                got = before.get(name, "of an older minidgm" if name == "format" else "unknown")
                raise UserError(f"{path}: the checkpoint was made with the {name} {got}, not {wanted}")
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
        now = self.settings(history.step)
        return [f"{k} {settings[k]:g}, now {now[k]:g}" for k in now if settings.get(k, now[k]) != now[k]]


def last_good(path: Path | None) -> str:
    """The end of a sentence about a step that went wrong: where the work before it is."""
    return "" if path is None or not path.exists() else f"; {path} still holds the last good state"


def _whole(number, most: float = math.inf) -> int:
    """A whole number from 0 to `most`; ValueError for anything else."""
    if type(number) is not int or not 0 <= number <= most:
        raise ValueError(f"expected a whole number, got {number!r}")
    return number


def _history(saved: dict) -> History:
    """A History out of a file's JSON, whose last entry is its step; TypeError or ValueError for anything else."""
    if saved.keys() != vars(History()).keys():
        raise ValueError("a history without its entries")
    history = History(**saved)
    for pairs in (history.loss, history.validation):
        pairs[:] = [(_whole(step), float(value)) for step, value in pairs]  # JSON has made lists of them
        if not all(math.isfinite(value) for _, value in pairs):
            raise ValueError("a loss that is no number")
    if not history.loss or history.loss[-1][0] != _whole(history.step) or math.isnan(history.best):
        raise ValueError("a history that does not fit its step")
    history.best_step = _whole(history.best_step, most=history.step)
    history.best, history.interrupted = float(history.best), False
    return history
