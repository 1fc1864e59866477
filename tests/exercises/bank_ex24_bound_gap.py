"""Wrong and other right answers to exercise 24."""

import numpy as np
from scipy.special import logsumexp, softmax

from minidgm.course.bank import misconception, right_answer


def log_mean(a, axis=0):
    """log of the mean of exp(a); float32 stays float32."""
    return logsumexp(a, axis=axis) - float(np.log(a.shape[axis]))


# ------------------------------------------------------------------ iwae_bound, wrong


@misconception(
    "iwae_bound",
    "The weights are summed, not averaged: without 1/K the bound rises by log K and passes log p(x). Give every sample "
    "twice: nothing may change.",
)
def forgotten_log_k(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0)


@misconception(
    "iwae_bound",
    "log K has the wrong sign: dividing the sum of weights by K lowers its logarithm.",
)
def log_k_added(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) + float(np.log(len(log_q)))


@misconception(
    "iwae_bound",
    "The log weights are averaged. That is the ELBO again, however many samples: the importance-weighted bound "
    "averages the weights and takes the logarithm afterwards.",
)
def mean_of_logs(log_joint, log_q):
    return np.mean(log_joint - log_q, axis=0)


@misconception(
    "iwae_bound",
    "You average over the objects, not over the samples: the samples are on the first axis.",
)
def over_the_objects(log_joint, log_q):
    return log_mean(log_joint - log_q, axis=1)


@misconception(
    "iwae_bound",
    "The sum over the samples is divided by the number of objects. K is the length of the samples' axis.",
)
def divided_by_n(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - float(np.log(log_q.shape[1]))


@misconception(
    "iwae_bound",
    "The weights are exponentiated as they are: for images all underflow to 0 and the logarithm is −inf (or overflow "
    "to inf). Stay with logarithms, as in exercise 01.",
)
def naive_exponentials(log_joint, log_q):
    return np.log(np.mean(np.exp(log_joint - log_q), axis=0))


@misconception(
    "iwae_bound",
    "A small number added inside the logarithm becomes the bound as soon as the weights underflow, which for images "
    "they always do.",
)
def epsilon_in_the_logarithm(log_joint, log_q):
    return np.log(np.mean(np.exp(log_joint - log_q), axis=0) + 1e-12).astype(log_q.dtype)


@misconception(
    "iwae_bound",
    "Joint and posterior are averaged apart and then divided. The mean of ratios is wanted: each sample's weight is "
    "its own joint density over its own q.",
)
def ratio_of_means(log_joint, log_q):
    return log_mean(log_joint) - log_mean(log_q)


@misconception(
    "iwae_bound",
    "The joint densities are averaged inside the logarithm, log q outside it. Each weight needs its own q before "
    "anything is averaged.",
)
def log_q_averaged_outside(log_joint, log_q):
    return log_mean(log_joint) - np.mean(log_q, axis=0)


@misconception(
    "iwae_bound",
    "log q is not used: samples that q proposes often are counted as often. The weight corrects for how likely each "
    "was to be proposed.",
)
def log_q_forgotten(log_joint, log_q):
    return log_mean(log_joint)


@misconception("iwae_bound", "log q is added to the log weight. The weight is p(x, z) divided by q(z|x).")
def log_q_added(log_joint, log_q):
    return log_mean(log_joint + log_q)


@misconception(
    "iwae_bound",
    "The weights are turned over, q(z|x)/p(x, z). Importance weighs what the model finds likely by how often it was "
    "proposed.",
)
def weights_turned_over(log_joint, log_q):
    return log_mean(log_q - log_joint)


@misconception(
    "iwae_bound",
    "The best sample's weight is returned. A maximum only ever grows with K, past log p(x): it is no bound. The mean "
    "of the weights is.",
)
def best_sample(log_joint, log_q):
    return np.max(log_joint - log_q, axis=0)


@misconception(
    "iwae_bound",
    "The log weights are averaged with the normalized weights. That is the form of the gradient of this bound; the "
    "value is the logarithm of the plain mean weight.",
)
def weighted_mean_of_logs(log_joint, log_q):
    log_w = log_joint - log_q
    return np.sum(softmax(log_w, axis=0) * np.where(np.isfinite(log_w), log_w, 0), axis=0)


@misconception(
    "iwae_bound",
    "The bounds are averaged over the objects. One per object is wanted, shape (n,).",
)
def batch_averaged(log_joint, log_q):
    return np.mean(log_mean(log_joint - log_q))


@misconception("iwae_bound", "This is the negative of the bound, a loss. The bound itself is wanted.")
def loss_for_bound(log_joint, log_q):
    return -log_mean(log_joint - log_q)


@misconception(
    "iwae_bound",
    "Samples of weight 0 are left out of K. They were proposed like all the others: they add nothing to the sum, and "
    "count in the mean.",
)
def only_positive_weights_counted(log_joint, log_q):
    log_w = log_joint - log_q
    return logsumexp(log_w, axis=0) - np.log(np.isfinite(log_w).sum(axis=0)).astype(log_w.dtype)


@misconception(
    "iwae_bound",
    "The result of float32 input is float64: something of that type met the arrays, most likely np.log of a Python "
    "number, which is a float64 of NumPy's.",
)
def upcast_to_float64(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - np.log(len(log_q))


# ------------------------------------------------------------------ iwae_bound, right


@misconception(
    "iwae_bound",
    "You normalize the weights first. Weights that sum to one have the mean 1/K, whatever the model: their size is the "
    "very thing that estimates p(x).",
)
def weights_normalized(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w - logsumexp(log_w, axis=0))


@right_answer("iwae_bound")
def sample_after_sample(log_joint, log_q):
    total = np.full(log_q.shape[1], -np.inf, log_q.dtype)
    for joint, q in zip(log_joint, log_q):
        total = np.logaddexp(total, joint - q)
    return total - np.log(len(log_q)).astype(log_q.dtype)


@right_answer("iwae_bound")
def largest_taken_out_by_hand(log_joint, log_q):
    log_w = log_joint - log_q
    top = np.max(log_w, axis=0)
    top = np.where(np.isfinite(top), top, 0)
    return top + np.log(np.mean(np.exp(log_w - top), axis=0))


@right_answer("iwae_bound")
def in_float64_and_back(log_joint, log_q):
    log_w = log_joint.astype(np.float64) - log_q
    return logsumexp(log_w, axis=0, b=1 / len(log_w)).astype(log_q.dtype)


# ------------------------------------------------------------------ bound_gap, wrong


def elbo(log_joint, log_q):
    return np.mean(log_joint - log_q, axis=0)


@misconception(
    "bound_gap",
    "The difference is turned round: the gap is log p(x) minus the ELBO, and is not negative.",
)
def turned_round(log_joint, log_q):
    return elbo(log_joint, log_q) - log_mean(log_joint - log_q)


@misconception(
    "bound_gap",
    "The estimate of log p(x) lacks 1/K: the gap is log K too large, and not 0 for the exact posterior.",
)
def gap_without_log_k(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - elbo(log_joint, log_q)


@misconception(
    "bound_gap",
    "This is the estimated log p(x) alone. The gap is how far the ELBO lies below it.",
)
def evidence_alone(log_joint, log_q):
    return log_mean(log_joint - log_q)


@misconception("bound_gap", "This is the ELBO alone. The gap is how far it lies below the estimated log p(x).")
def elbo_alone(log_joint, log_q):
    return elbo(log_joint, log_q)


@misconception(
    "bound_gap",
    "The ELBO is taken from the first sample only. It is the mean of the log weights over all K; one sample's may even "
    "pass log p(x).",
)
def elbo_of_the_first_sample(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w) - log_w[0]


@misconception(
    "bound_gap",
    "The ELBO is the sum of the log weights where their mean is wanted: more samples do not lower a bound.",
)
def elbo_summed_over_samples(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w) - np.sum(log_w, axis=0)


@misconception(
    "bound_gap",
    "The best weight stands for log p(x). It passes log p(x) as K grows; the mean of the weights tends to it.",
)
def best_weight_for_the_evidence(log_joint, log_q):
    return np.max(log_joint - log_q, axis=0) - elbo(log_joint, log_q)


@misconception(
    "bound_gap",
    "Half the variance of the log weights is an approximation of the gap, good only while the weights are nearly "
    "equal.",
)
def half_the_variance(log_joint, log_q):
    return 0.5 * np.var(log_joint - log_q, axis=0)


@misconception(
    "bound_gap",
    "You take the mean over the objects for the mean over the samples: the samples are on the first axis.",
)
def gap_over_the_objects(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w, axis=1) - np.mean(log_w, axis=1)


@misconception(
    "bound_gap",
    "The gaps are averaged over the objects. One per object is wanted, shape (n,).",
)
def gap_averaged(log_joint, log_q):
    return np.mean(log_mean(log_joint - log_q) - elbo(log_joint, log_q))


@misconception(
    "bound_gap",
    "The weights are exponentiated as they are: for images they all underflow to 0, and the gap is −inf.",
)
def gap_naive_exponentials(log_joint, log_q):
    return np.log(np.mean(np.exp(log_joint - log_q), axis=0)) - elbo(log_joint, log_q)


@misconception(
    "bound_gap",
    "log q is in the ELBO but not in the estimate of log p(x). Each sample's joint density has to be divided by its "
    "own q before the mean.",
)
def evidence_without_log_q(log_joint, log_q):
    return log_mean(log_joint) - elbo(log_joint, log_q)


@misconception(
    "bound_gap",
    "log q is in the estimate of log p(x) but not in the ELBO: the mean of log p(x, z) alone is no bound.",
)
def elbo_without_log_q(log_joint, log_q):
    return log_mean(log_joint - log_q) - np.mean(log_joint, axis=0)


@misconception(
    "bound_gap",
    "log q is left out altogether: this is the spread of the joint densities. It is not 0 for the exact posterior.",
)
def gap_without_log_q(log_joint, log_q):
    return log_mean(log_joint) - np.mean(log_joint, axis=0)


@misconception(
    "bound_gap",
    "The weights are turned over, q(z|x)/p(x, z), in both bounds. What comes out is not negative either, but it is not "
    "the gap.",
)
def gap_weights_turned_over(log_joint, log_q):
    return log_mean(log_q - log_joint) - elbo(log_q, log_joint)


@misconception(
    "bound_gap",
    "The gap is divided by log p(x). A difference in nats is wanted, not a share: it must not depend on the level of "
    "the weights.",
)
def relative_gap(log_joint, log_q):
    evidence = log_mean(log_joint - log_q)
    return (evidence - elbo(log_joint, log_q)) / np.abs(evidence)


@misconception(
    "bound_gap",
    "The result of float32 input is float64: something of that type met the arrays, most likely np.log of a Python "
    "number, which is a float64 of NumPy's.",
)
def gap_upcast_to_float64(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - np.log(len(log_q)) - elbo(log_joint, log_q)


@misconception(
    "bound_gap",
    "Your log_joint array is overwritten by the log weights. The caller still needs it: make a new array.",
)
def joint_changed_in_place(log_joint, log_q):
    log_joint -= log_q
    return log_mean(log_joint) - np.mean(log_joint, axis=0)


# ------------------------------------------------------------------ bound_gap, right


@misconception(
    "bound_gap",
    "You exponentiate the log weights and take the logarithm again for the ELBO: a weight e^−2000 is 0 by then, and "
    "the difference of two infinities is NaN. The log weights were there all the time.",
)
def there_and_back(log_joint, log_q):
    w = np.exp(log_joint - log_q)
    return np.log(np.mean(w, axis=0)) - np.mean(np.log(w), axis=0)


@right_answer("bound_gap")
def log_mean_of_centred_weights(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w - np.mean(log_w, axis=0))


@right_answer("bound_gap")
def object_by_object(log_joint, log_q):
    gaps = np.empty_like(log_q[0])
    for i in range(len(gaps)):
        log_w = (log_joint[:, i] - log_q[:, i]).astype(float)
        gaps[i] = logsumexp(log_w) - np.log(len(log_w)) - log_w.mean()
    return gaps


@right_answer("bound_gap")
def entropy_of_the_normalized_weights(log_joint, log_q):
    """KL of the uniform law over the samples to the normalized weights."""
    log_w = log_joint - log_q
    log_share = log_w - logsumexp(log_w, axis=0, keepdims=True)
    return -float(np.log(len(log_w))) - np.mean(log_share, axis=0)


# ------------------------------------------------------------------ more of each


@misconception(
    "iwae_bound",
    "An object whose samples are all excluded (weights 0) gives NaN: its largest log weight is −inf, and −inf − (−inf) "
    "is undefined. A sum of zeros has the logarithm −inf.",
)
def nan_where_all_are_excluded(log_joint, log_q):
    log_w = log_joint - log_q
    top = np.max(log_w, axis=0)
    return top + np.log(np.mean(np.exp(log_w - top), axis=0))


@misconception(
    "iwae_bound",
    "You subtract log2 K, after natural exponentials. The logarithm that divides the sum by K is the natural one.",
)
def log2_of_k(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - float(np.log2(len(log_q)))


@misconception(
    "iwae_bound",
    "You sum log weights, each times q(z|x). The samples were drawn from q and count the same; and it is the weights "
    "that are averaged, not their logarithms.",
)
def log_weights_times_q(log_joint, log_q):
    return np.sum(np.exp(log_q) * (log_joint - log_q), axis=0)


@misconception("bound_gap", "The ELBO is averaged over the batch. Each object has its own gap.")
def elbo_averaged_over_the_batch(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w) - np.mean(log_w)


@misconception("bound_gap", "You count in bits. The gap is in nats: no division by log 2.")
def gap_in_bits(log_joint, log_q):
    log_w = log_joint - log_q
    return (log_mean(log_w) - np.mean(log_w, axis=0)) / float(np.log(2))


@misconception("bound_gap", "You divide one bound by the other. The gap is their difference.")
def gap_as_a_ratio(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w) / np.mean(log_w, axis=0)


@misconception(
    "bound_gap",
    "Your ELBO averages over the objects, the bound beside it over the samples. The samples are on the first axis.",
)
def elbo_over_the_objects(log_joint, log_q):
    log_w = log_joint - log_q
    return log_mean(log_w) - np.mean(log_w, axis=1)


@misconception(
    "bound_gap",
    "You subtract log2 K, after natural exponentials. The logarithm that divides the sum by K is the natural one.",
)
def gap_log2_of_k(log_joint, log_q):
    log_w = log_joint - log_q
    return logsumexp(log_w, axis=0) - float(np.log2(len(log_w))) - np.mean(log_w, axis=0)
