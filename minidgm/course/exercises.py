"""The list of exercises, and where a clone of the project is.

One row an exercise, in the order they are meant to be done. Everything else in minidgm.course (stubs, checker, hints,
grading) walks this list, so an exercise that is not on it does not exist.
"""

from pathlib import Path
from typing import NamedTuple

from minidgm.errors import UserError


class Exercise(NamedTuple):
    """One exercise: its number, file stem, title, functions, rows of `minidgm map`, and what to read afterwards."""

    number: int
    stem: str
    title: str
    functions: tuple[str, ...]
    rows: tuple[int, ...]
    read: tuple[str, ...]

    @property
    def key(self) -> str:
        """The short name, `ex07`."""
        return f"ex{self.number:02d}"


def _exercise(number: int, topic: str, title: str, functions: str, rows: tuple[int, ...], read: str) -> Exercise:
    return Exercise(number, f"ex{number:02d}_{topic}", title, tuple(functions.split()), rows, tuple(read.split()))


EXERCISES = (
    _exercise(
        1,
        "stable",
        "Stable functions",
        "logsumexp softplus log_sigmoid log_diff_sigmoid",
        (8,),
        "minidgm/functional.py",
    ),
    _exercise(2, "optimizers", "Momentum and Adam", "momentum_step adam_step", (1,), "minidgm/optim.py"),
    _exercise(
        3,
        "change_of_variables",
        "The change of variables",
        "affine_f affine_g jacobian_log_det flow_log_prob",
        (1, 2, 3),
        "minidgm/flows/base.py minidgm/flows/elementwise.py",
    ),
    _exercise(4, "made", "MADE: degrees and masks", "made_degrees made_masks", (1, 9), "minidgm/nn/made.py"),
    _exercise(5, "gaussian_ar", "The Gaussian AR flow", "ar_f ar_g", (1,), "minidgm/flows/autoregressive.py"),
    _exercise(6, "inverse_ar", "The inverse AR flow", "iar_g iar_f", (2,), "minidgm/flows/autoregressive.py"),
    _exercise(
        7,
        "coupling",
        "The coupling layer",
        "coupling_f coupling_g coupling_jacobian",
        (3,),
        "minidgm/flows/coupling.py",
    ),
    _exercise(
        8, "kl_losses", "Forward and reverse KL", "forward_kl_loss reverse_kl_loss", (1, 2), "minidgm/flows/base.py"
    ),
    _exercise(9, "flow_as_vae", "A flow is a VAE", "deterministic_elbo noisy_elbo", (4,), "minidgm/vae/model.py"),
    _exercise(
        10,
        "degenerate",
        "Continuous models on discrete data",
        "spike_log_likelihood categorical_mle",
        (5, 6),
        "minidgm/distributions.py",
    ),
    _exercise(
        11,
        "logistic",
        "Logistic mixtures",
        "logistic_log_pdf logistic_cdf mixture_log_pdf mixture_cdf",
        (8,),
        "minidgm/distributions.py",
    ),
    _exercise(
        12,
        "discretize",
        "Discretization through the CDF",
        "discretized_logistic_log_prob discretized_mixture_log_prob bits_per_dim",
        (8, 9),
        "minidgm/discrete/discretize.py",
    ),
    _exercise(
        13,
        "pixelcnn",
        "An autoregressive model of pixels",
        "causal_mask ar_log_prob ar_sample",
        (9,),
        "minidgm/discrete/pixelcnn.py",
    ),
    _exercise(
        14,
        "uniform_dequantization",
        "Uniform dequantization",
        "dequantize uniform_bound discrete_log_prob",
        (10,),
        "minidgm/discrete/dequantize.py",
    ),
    _exercise(
        15,
        "variational_dequantization",
        "Variational dequantization",
        "variational_bound importance_bound",
        (11,),
        "minidgm/discrete/dequantize.py",
    ),
    _exercise(16, "flow_dequantizer", "The noise is a flow", "sigmoid_flow", (12,), "minidgm/discrete/dequantize.py"),
    _exercise(
        17,
        "elbo",
        "The ELBO",
        "reparameterize gaussian_kl bernoulli_log_prob elbo",
        (13, 19),
        "minidgm/vae/model.py",
    ),
    _exercise(
        18,
        "aggregated_posterior",
        "The aggregated posterior",
        "gaussian_log_prob_table aggregated_log_prob",
        (13, 15),
        "minidgm/vae/surgery.py minidgm/vae/priors.py",
    ),
    _exercise(
        19,
        "mutual_information",
        "Mutual information",
        "mutual_information minibatch_mutual_information",
        (14,),
        "minidgm/vae/surgery.py",
    ),
    _exercise(20, "elbo_surgery", "ELBO surgery", "elbo_surgery", (13,), "minidgm/vae/surgery.py"),
    _exercise(
        21,
        "learnable_prior",
        "A learnable prior",
        "mixture_log_prob vamp_log_prob",
        (16, 18),
        "minidgm/vae/priors.py",
    ),
    _exercise(
        22,
        "flow_prior",
        "A flow as the prior",
        "flow_prior_log_prob flow_prior_elbo",
        (17,),
        "minidgm/vae/priors.py",
    ),
    _exercise(
        23,
        "flow_posterior",
        "A flow as the posterior",
        "flow_posterior flow_posterior_elbo",
        (20, 21),
        "minidgm/vae/posteriors.py",
    ),
    _exercise(
        24,
        "bound_gap",
        "How loose is the bound",
        "iwae_bound bound_gap",
        (19, 22),
        "minidgm/vae/bounds.py",
    ),
)


def find(name: str | int) -> Exercise:
    """Find an exercise by number (7, "7", "07"), key ("ex07") or stem ("ex07_coupling").

    Raises UserError when there is none.
    """
    text = str(name).removesuffix(".py").rsplit("/", 1)[-1]
    for exercise in EXERCISES:
        if text in (exercise.stem, exercise.key) or (text.isdigit() and int(text) == exercise.number):
            return exercise
    raise UserError(f"{name}: no such exercise; they are numbered 1 to {len(EXERCISES)} (`minidgm status` lists them).")


_FOLDERS = ("exercises", "solutions", "tests/exercises")


def find_root(start: str | Path | None = None) -> Path:
    """Find the clone: the nearest folder, from `start` (default: here) upward, that holds exercises/ and the graders.

    Raises UserError when there is none.
    """
    here = Path(start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if all((folder / name).is_dir() for name in _FOLDERS):
            return folder
    raise UserError(
        f"{here}: no folder from here upward holds exercises/, solutions/ and tests/exercises/; "
        "run this inside your clone of minidgm, or make a folder to work in: minidgm start DIR."
    )
