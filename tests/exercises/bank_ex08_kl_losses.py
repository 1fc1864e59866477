"""What students write for exercise 08: misconceptions, and other right answers."""

import autograd.numpy as np

from minidgm.course.bank import misconception, right_answer


def standard_normal(z):
    return np.sum(-0.5 * z**2 - float(0.5 * np.log(2 * np.pi)), axis=1)


# ------------------------------------------------------------------ forward_kl_loss

F = "forward_kl_loss"


@misconception(
    F,
    "You return the mean log-likelihood. A loss is minimized: as it stands, training would make the data ever less "
    "likely.",
)
def forward_without_the_minus(x, f, base_log_prob):
    z, log_det = f(x)
    return np.mean(base_log_prob(z) + log_det)


@misconception(
    F,
    "Your loss has no log_det. Without it the best flow is the one that maps everything to the base's mode: the "
    "density of z isn't the density of x.",
)
def forward_log_det_missing(x, f, base_log_prob):
    return -np.mean(base_log_prob(f(x)[0]))


@misconception(
    F,
    "You subtract log_det from the log-density. f's log_det is that of ∂z/∂x; change of variables multiplies the "
    "base's density by |det ∂z/∂x|. Or does your minus reach only one of the two terms?",
)
def forward_log_det_subtracted(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) - log_det)


@misconception(
    F,
    "You sum over the batch. The loss is an estimate of an expectation: a batch twice as large should not have a loss"
    " twice as large.",
)
def forward_summed(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.sum(base_log_prob(z) + log_det)


@misconception(
    F,
    "You average the base's log-density and sum log_det over the batch. Each object has both: add them object by "
    "object, then average.",
)
def forward_log_det_summed(x, f, base_log_prob):
    z, log_det = f(x)
    return -(np.mean(base_log_prob(z)) + np.sum(log_det))


@misconception(F, "You return one number per object. A loss is one number: its mean over the batch.")
def forward_not_reduced(x, f, base_log_prob):
    z, log_det = f(x)
    return -(base_log_prob(z) + log_det)


@misconception(
    F,
    "You ask the base about x. The base is the density of z = f(x); x has it only when the flow does nothing.",
)
def forward_base_at_x(x, f, base_log_prob):
    return -np.mean(base_log_prob(x) + f(x)[1])


@misconception(
    F,
    "You divide by m as well. Asked are nats per object, the sum over its dimensions; only bits per dimension divide "
    "by m.",
)
def forward_per_dimension(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + log_det) / x.shape[1]


@misconception(F, "You count in bits. Losses are in nats here: no division by log 2.")
def forward_in_bits(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + log_det) / float(np.log(2))


@misconception(
    F,
    "You take the logarithm of the mean density. KL has the mean of the logarithm, and the two differ as soon as the "
    "objects do; besides, the density of an image is 0 in floating point.",
)
def forward_log_of_the_mean(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.log(np.mean(np.exp(base_log_prob(z) + log_det)))


@misconception(
    F,
    "You average the density, not its logarithm. One likely object could then make up for any number of impossible "
    "ones.",
)
def forward_mean_density(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(np.exp(base_log_prob(z) + log_det))


@misconception(
    F,
    "You use |log_det|. It's already the logarithm of an absolute value, and its sign says whether f squeezes or "
    "stretches: it must stay.",
)
def forward_absolute_log_det(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + np.abs(log_det))


@misconception(
    F,
    "You assume a standard normal base. The base is an argument, base_log_prob, and it's not always normal.",
)
def forward_normal_base(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(standard_normal(z) + log_det)


@misconception(
    F,
    "You leave out the normalizing constant ½ m log 2π of a standard normal base, and write the rest down yourself. "
    "The base is an argument, and brings its constant along.",
)
def forward_squared_error(x, f, base_log_prob):
    z, log_det = f(x)
    return np.mean(0.5 * np.sum(z**2, axis=1) - log_det)


@misconception(F, "f returns a pair, z and log_det, and you pass the pair on as if it were z. Take it apart first.")
def forward_pair_passed_on(x, f, base_log_prob):
    return -np.mean(base_log_prob(f(x)))


@misconception(
    F,
    "Your value is right, but float32 went in and float64 comes out: the whole training step would run in float64.",
)
def forward_upcast(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + log_det, dtype=np.float64)


@misconception(
    F,
    "You average the base's log-density only and add every object's log_det to that mean. What is averaged is the sum"
    " of the two.",
)
def forward_log_det_outside_the_mean(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z)) - log_det


@misconception(F, "You take the logarithm of log_det. It is log|det| already.")
def forward_log_of_log_det(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + np.log(np.abs(log_det)))


@misconception(
    F,
    "The base's log-density is missing: log_det alone grows as f stretches space, and nothing keeps z where the base "
    "has its mass.",
)
def forward_base_missing(x, f, base_log_prob):
    return -np.mean(f(x)[1])


@right_answer(F)
def forward_object_by_object(x, f, base_log_prob):
    total = 0
    for i in range(len(x)):
        z, log_det = f(x[i : i + 1])
        total = total - base_log_prob(z)[0] - log_det[0]
    return total / np.asarray(len(x), x.dtype)


@right_answer(F)
def forward_two_means(x, f, base_log_prob):
    return -(base_log_prob(f(x)[0]).mean() + f(x)[1].mean())


@right_answer(F)
def forward_as_a_python_float(x, f, base_log_prob):
    z, log_det = f(x)
    return float(np.average(-log_det - base_log_prob(z)))


# ------------------------------------------------------------------ reverse_kl_loss

R = "reverse_kl_loss"


@misconception(
    R,
    "Your sign is reversed: this is mean log π − mean log p, minus the KL. Minimizing it drives the flow away from "
    "its target.",
)
def reverse_sign(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(target_log_prob(x) - base_log_prob(z) + log_det)


@misconception(
    R,
    "Your loss has no log_det: it takes log p(z) for the flow's density at x. The flow would collapse onto the "
    "target's mode, with nothing to stop it.",
)
def reverse_log_det_missing(z, g, base_log_prob, target_log_prob):
    return np.mean(base_log_prob(z) - target_log_prob(g(z)[0]))


@misconception(
    R,
    "You add log_det, as for f. This one belongs to g: where g stretches space, the density of x is lower than that "
    "of z.",
)
def reverse_log_det_added(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) + log_det - target_log_prob(x))


@misconception(
    R,
    "You leave out log p(z). It doesn't depend on the flow's parameters, so training would do the same; but then the "
    "number isn't the KL, and isn't 0 when flow and target agree.",
)
def reverse_base_missing(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(-log_det - target_log_prob(x))


@misconception(
    R,
    "You leave out the target: what remains is minus the flow's entropy, whatever it should be fitted to.",
)
def reverse_target_missing(z, g, base_log_prob, target_log_prob):
    return np.mean(base_log_prob(z) - g(z)[1])


@misconception(R, "You ask the target about z. The target is a density of x = g(z).")
def reverse_target_at_z(z, g, base_log_prob, target_log_prob):
    return np.mean(base_log_prob(z) - g(z)[1] - target_log_prob(z))


@misconception(R, "You ask the base about x. The base is the density of z; what g does to it is told by log_det.")
def reverse_base_at_x(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(x) - log_det - target_log_prob(x))


@misconception(R, "You have base and target exchanged. The base scores z, the target scores x.")
def reverse_densities_exchanged(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(target_log_prob(z) - log_det - base_log_prob(x))


@misconception(
    R,
    "You sum over the batch. The KL is an expectation: twice as many draws should not make it twice as large.",
)
def reverse_summed(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.sum(base_log_prob(z) - log_det - target_log_prob(x))


@misconception(R, "You return one number a draw. A loss is one number: the mean over the draws.")
def reverse_not_reduced(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return base_log_prob(z) - log_det - target_log_prob(x)


@misconception(R, "You divide by m as well. Asked are nats, of all dimensions together.")
def reverse_per_dimension(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - log_det - target_log_prob(x)) / z.shape[1]


@misconception(R, "You count in bits. Losses are in nats here: no division by log 2.")
def reverse_in_bits(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - log_det - target_log_prob(x)) / float(np.log(2))


@misconception(
    R,
    "You cut the loss off at 0, since a KL can't be negative. The KL can't, its estimate from a few draws can, and a "
    "cut makes it biased and its gradient 0.",
)
def reverse_cut_at_zero(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.maximum(np.mean(base_log_prob(z) - log_det - target_log_prob(x)), 0)


@misconception(
    R,
    "You take the absolute difference of the log-densities, draw by draw. That is a distance, but not the KL: draws "
    "where the target is denser must count against the others.",
)
def reverse_absolute(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(np.abs(base_log_prob(z) - log_det - target_log_prob(x)))


@misconception(
    R,
    "You weight each draw with the flow's density, as in the integral ∫ p log(p/π). The draws already come from p: "
    "their plain mean is that integral.",
)
def reverse_weighted_by_density(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    log_prob = base_log_prob(z) - log_det
    return np.mean(np.exp(log_prob) * (log_prob - target_log_prob(x)))


@misconception(R, "You take the logarithm of the mean ratio of the densities. KL has the mean of the logarithm.")
def reverse_log_of_the_mean(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.log(np.mean(np.exp(base_log_prob(z) - log_det - target_log_prob(x))))


@misconception(
    R,
    "You assume a standard normal base. The base is an argument, base_log_prob, and it's not always normal.",
)
def reverse_normal_base(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(standard_normal(z) - log_det - target_log_prob(x))


@misconception(R, "g returns a pair, x and log_det, and you pass the pair on as if it were x. Take it apart first.")
def reverse_pair_passed_on(z, g, base_log_prob, target_log_prob):
    return np.mean(base_log_prob(z) - target_log_prob(g(z)))


@misconception(
    R,
    "Your value is right, but float32 went in and float64 comes out: the whole training step would run in float64.",
)
def reverse_upcast(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - log_det - target_log_prob(x), dtype=np.float64)


@misconception(R, "You take the logarithm of log_det. It is log|det| already.")
def reverse_log_of_log_det(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - np.log(np.abs(log_det)) - target_log_prob(x))


@misconception(R, "You add the target's log-density. The loss must fall where the target is dense: log p minus log π.")
def reverse_target_added(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - log_det + target_log_prob(x))


@misconception(
    R,
    "You subtract the flow's own log-density as well as the target's. KL(p ‖ π) is the mean of log p minus log π.",
)
def reverse_flow_subtracted(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(log_det - base_log_prob(z) - target_log_prob(x))


@right_answer(R)
def reverse_draw_by_draw(z, g, base_log_prob, target_log_prob):
    total = 0
    for row in z:
        x, log_det = g(row[None])
        total = total + (base_log_prob(row[None]) - target_log_prob(x) - log_det)[0]
    return total / np.asarray(len(z), z.dtype)


@right_answer(R)
def reverse_three_means(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return base_log_prob(z).mean() - log_det.mean() - target_log_prob(x).mean()


@right_answer(R)
def reverse_minus_the_elbo(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    elbo = target_log_prob(x) + log_det - base_log_prob(z)
    return -elbo.sum() / z.shape[0]


# ------------------------------------------------------------------ more of each


@misconception(
    R,
    "You take the absolute value of the mean. A KL is never negative, its estimate from a few draws can be: with the "
    "sign lost it is biased, and its gradient points the wrong way.",
)
def reverse_absolute_mean(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.abs(np.mean(base_log_prob(z) - log_det - target_log_prob(x)))


@misconception(
    R,
    "You weight the draws by the flow's density, normalized over the batch. The draws come from the flow already, so "
    "each counts the same: a plain mean.",
)
def reverse_weights_normalized(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    log_prob = base_log_prob(z) - log_det
    weights = np.exp(log_prob - np.max(log_prob))
    return np.sum(weights / np.sum(weights) * (log_prob - target_log_prob(x)))


@misconception(
    R,
    "You subtract log_det twice. The flow's log-density at x is log p(z) − log|det ∂g/∂z|, once.",
)
def reverse_log_det_twice(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - 2 * log_det - target_log_prob(x))


@misconception(
    F,
    "You weight the objects by their density. The data come from the truth already, so each counts the same: a plain "
    "mean.",
)
def forward_weighted_by_density(x, f, base_log_prob):
    z, log_det = f(x)
    log_prob = base_log_prob(z) + log_det
    weights = np.exp(log_prob - np.max(log_prob))
    return -np.sum(weights / np.sum(weights) * log_prob)
