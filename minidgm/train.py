"""One training loop for every model: minibatches, validation, early stopping, checkpoints.

    for batch in minibatches:
        value, grad = value_and_grad(loss)(model, batch, rng)
        optimizer.step(model, grad)

is all there is to training; the rest of this file is what makes a long run pleasant: the best model so far is kept,
Ctrl-C ends the run with it (twice: the program), a checkpoint continues bit for bit, and a step that goes wrong costs
nothing of what was there before it.
"""

import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from minidgm.checkpoint import load_arrays, load_model, locked, save_arrays, save_model, set_arrays
from minidgm.errors import UserError, check_rng, check_whole
from minidgm.optim import Adam, clip_by_norm
from minidgm.progress import Progress
from minidgm.run import History, Run, last_good
from minidgm.tensor import parameters, value_and_grad

__all__ = ["History", "load_arrays", "load_model", "mean_loss", "save_arrays", "save_model", "set_arrays", "train"]

PAUSE = 1.0  # seconds after Ctrl-C in which another one is meant for the whole program
VALIDATION_SEED = 0  # validation always draws the same noise, so two of its values differ by the model alone


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
    patience:   stop after so many validations in a row without a new best one; needs `validation`.
    clip:       the longest gradient allowed (`clip_by_norm`).
    average:    decay of an exponential moving average of the parameters: what is validated and kept.
    checkpoint: a path; the run's whole state is written there every `every` steps, and with resume=True read from it.
                The optimizer's settings (lr, beta) are then those given now; what differs is said on standard error.
    validation_loss: what to validate by, where it differs from `loss`.
    A loss with a schedule, as `negative_elbo(warm_up(1000))` is, has a method `at_step`, which is told the step.

    The model is trained in place. At the end it holds the parameters with the best validation loss, or the last ones
    if there is no validation; after an error the best ones, too, or those of the last entry of the history. Raises
    ValueError for data with NaN; FloatingPointError for a loss, gradient or validation loss that is no finite number,
    which names the step and what to try.
    """
    parts, optimizer, judge = _checked("data", data), optimizer or Adam(), validation_loss or loss
    _check_settings(model, loss, judge, rng, optimizer, steps, batch, every)
    _check_options(validation, patience, clip, average, checkpoint, resume)
    if validation is not None:
        _checked("validation", validation)
    run = Run(model, optimizer, rng, len(parts[0]), min(batch, len(parts[0])), average)
    path = _checkpoint_path(checkpoint, resume)
    step_of, history, recent, saved = value_and_grad(loss), run.history, [], 0
    with locked(path):
        if path is not None and resume and path.exists():
            for setting in run.restore(load_arrays(path), path):
                print(f"{path}: made with {setting}, which holds from step {run.history.step + 1} on", file=sys.stderr)
            history, saved = run.history, run.history.step
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
                        run.check_finite(path)
                        history.loss.append((history.step, float(np.mean(recent))))
                        recent = []
                        if validation is not None:
                            run.validate(mean_loss(run.candidate, judge, validation, batch=max(batch, 256)), path)
                        run.keep_good()
                        if path is not None:
                            save_arrays(path, run.state())
                            saved = history.step
        except KeyboardInterrupt:
            history.interrupted = True
        except BaseException:
            run.finish(has_validation=validation is not None, failed=True)
            raise
    run.finish(has_validation=validation is not None)
    if history.interrupted:
        kept = "the best model so far" if run.best else "the model as it is"
        print(f"{name}: stopped at step {history.step} of {steps}, goes on with {kept}", file=sys.stderr)
        if saved:
            print(f"{path} holds step {saved}, from which resume=True goes on", file=sys.stderr)
        print("Ctrl-C once more, at once, stops everything", file=sys.stderr)
        time.sleep(PAUSE)  # outside of the try: a second Ctrl-C leaves the program
    return history


def check_finite(value, grad: dict, step: int, path: Path | None) -> None:
    """FloatingPointError, before anything is changed, unless the loss and the whole gradient are finite."""
    if not np.isfinite(value):
        raise FloatingPointError(f"loss: {value} at step {step}; try a smaller lr, or clip=1.0{last_good(path)}")
    for name, g in grad.items():
        flat = g.ravel()
        if not np.isfinite(np.dot(flat, flat)) and not np.all(np.isfinite(flat)):  # large squares are no harm
            raise FloatingPointError(
                f"gradient: NaN or infinity in {name} at step {step}, though the loss is {float(value):.4g}: "
                f"a square root or logarithm at 0? Nothing was changed by it{last_good(path)}"
            )


def mean_loss(model, loss: Callable, data, batch: int = 256, seed: int = VALIDATION_SEED) -> float:
    """The mean over all objects of `loss(model, batch, rng)`, batch by batch, with noise from one fixed seed."""
    parts, rng, total = data if isinstance(data, tuple) else (data,), np.random.default_rng(seed), 0.0
    for start in range(0, len(parts[0]), batch):
        rows = slice(start, start + batch)
        total += float(loss(model, _rows(parts, rows, data), rng)) * len(parts[0][rows])
    return total / len(parts[0])


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
        if part.dtype.kind not in "biuf":
            raise ValueError(f"{name}: expected real numbers, got {part.dtype}")
        if part.dtype.kind == "f" and not np.all(np.isfinite(part)):
            row = int(np.argwhere(~np.isfinite(part))[0][0])
            raise ValueError(f"{name}: expected finite numbers, got NaN or infinity in row {row}; clean the data first")
    return parts


def _check_settings(model, loss, validation_loss, rng, optimizer, steps, batch, every) -> None:
    """ValueError, one sentence, for what `train` cannot work with."""
    for what, number, least in (("steps", steps, 0), ("batch", batch, 1), ("every", every, 1)):
        check_whole(what, number, least)
    check_rng(rng)
    for what, thing, method, wanted in (
        ("loss", loss, "__call__", "a function of (model, batch, rng)"),
        ("validation_loss", validation_loss, "__call__", "a function of (model, batch, rng)"),
        ("optimizer", optimizer, "step", "an optimizer such as Adam(1e-3)"),
    ):
        if not hasattr(thing, method):
            raise ValueError(f"{what}: expected {wanted}, got {thing!r}")
    if not parameters(model):
        raise ValueError("model: has no parameters to train: a Module's parameters are its float arrays")


def _check_options(validation, patience, clip, average, checkpoint, resume) -> None:
    """ValueError, one sentence, for an option that cannot be, or that lacks the other one it needs."""
    if patience is not None and (validation is None or not hasattr(patience, "__index__") or patience < 1):
        got = "no validation data" if validation is None else repr(patience)
        raise ValueError(f"patience: expected a whole number of validations from 1 on, and their data, got {got}")
    if clip is not None and not (hasattr(clip, "__float__") and clip > 0):
        raise ValueError(f"clip: expected a positive number, the longest gradient allowed, got {clip!r}")
    if average is not None and not (hasattr(average, "__float__") and 0 <= average < 1):
        raise ValueError(f"average: expected a decay in [0, 1), such as 0.999, got {average!r}")
    if resume and checkpoint is None:
        raise ValueError("resume: expected a checkpoint to go on from, got none; name its file in `checkpoint`")


def _rows(parts, rows, data):
    """The rows of each part, as `data` was given: an array, or a tuple of arrays."""
    return tuple(part[rows] for part in parts) if isinstance(data, tuple) else parts[0][rows]


def _checkpoint_path(checkpoint, resume: bool) -> Path | None:
    """What to write to: where `checkpoint` is a link, the file that it leads to, which is locked, too."""
    if checkpoint is None:
        return None
    if not isinstance(checkpoint, str | os.PathLike) or not str(checkpoint) or "\0" in str(checkpoint):
        raise UserError(f"checkpoint: expected the path of a file, got {checkpoint!r}")
    path = Path(checkpoint)
    try:
        path = path.resolve() if path.is_symlink() else path
        if path.is_symlink():  # links in a circle: Python 3.13 no longer says so
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        folder, exists = path.is_dir(), path.exists()
    except (OSError, RuntimeError) as error:  # a name too long, links in a circle before 3.13
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"checkpoint: expected the path of a file, got {str(checkpoint)!r} ({reason})") from error
    if folder:
        raise UserError(f"checkpoint: expected the path of a file, got the folder {str(path)!r}")
    if exists and not resume:
        raise UserError(f"{path}: a checkpoint is there already; resume=True continues it, or name another file")
    return path


def _state_of(loss: float, history: History) -> str:
    best = f"  best {history.best:.4f}" if history.validation else ""
    return f"loss {loss:.4f}{best}"
