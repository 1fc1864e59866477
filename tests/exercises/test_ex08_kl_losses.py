"""Graders of exercise 08: forward and reverse KL."""

import autograd.numpy as np

from minidgm.course.grading import close, dtype, grades, reference, same, shape

solution = reference("ex08_kl_losses")
FOUR_CORNERS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])  # mean 0, covariance I, exactly


def normal(mu=0.0, sigma=1.0):
    """log N(mu, sigma²) summed over the dimensions, in the dtype of its argument."""

    def log_prob(z):
        a = (z - mu) / sigma
        return np.sum(-0.5 * a * a - float(np.log(sigma)) - float(0.5 * np.log(2 * np.pi)), axis=1)

    return log_prob


def logistic(z):
    """log-density of independent standard logistics, a base that isn't normal."""
    return np.sum(-z - 2 * np.logaddexp(0 * z, -z), axis=1)


def affine_f(mu, sigma):
    return lambda x: ((x - mu) / sigma, 0 * x[:, 0] - x.shape[1] * float(np.log(sigma)))


def affine_g(mu, sigma):
    return lambda z: (sigma * z + mu, 0 * z[:, 0] + z.shape[1] * float(np.log(sigma)))


def curved_f(x):
    """A bijection whose log_det differs from object to object: z = sinh(x)/2 + 1."""
    return np.sinh(x) / 2 + 1, np.sum(np.log(np.cosh(x) / 2), axis=1)


def curved_g(z):
    """x = (z + z³)/2 + 0.3, whose log_det differs from object to object."""
    return (z + z**3) / 2 + 0.3, np.sum(np.log((1 + 3 * z**2) / 2), axis=1)


def data(n, m, dtype=np.float64):
    return np.random.RandomState(10 * n + m).standard_normal((n, m)).astype(dtype)


# ------------------------------------------------------------------ forward_kl_loss


@grades("forward_kl_loss")
def test_forward_kl_loss_is_one_number(answer):
    for n, m in ((5, 3), (1, 2), (4, 1), (3, 3)):
        loss = answer.forward_kl_loss(data(n, m), curved_f, logistic)
        shape(loss, (), f"The loss for n={n}, m={m}")


@grades("forward_kl_loss")
def test_forward_kl_loss_is_smallest_at_the_maximum_likelihood_fit(answer):
    x = 3 + 2 * data(50, 1)
    mu, sigma = np.mean(x), np.std(x)
    best = answer.forward_kl_loss(x, affine_f(mu, sigma), normal())
    shape(best, (), "The loss")
    for name, other in (
        ("wider", affine_f(mu, 1.5 * sigma)),
        ("narrower", affine_f(mu, sigma / 1.5)),
        ("shifted", affine_f(mu + 1, sigma)),
    ):
        loss = answer.forward_kl_loss(x, other, normal())
        assert loss > best, (
            f"the flow that standardizes the data by its own mean and standard deviation has the greatest likelihood, "
            f"but a {name} one gets the smaller loss ({float(loss):.6g} against {float(best):.6g})."
        )


@grades("forward_kl_loss")
def test_forward_kl_loss_is_minus_the_log_likelihood_of_a_gaussian(answer):
    for n, m in ((6, 4), (1, 1), (1, 3), (40, 2)):
        x = 1 + data(n, m)
        loss = answer.forward_kl_loss(x, affine_f(0.7, 2.5), normal())
        wanted = -np.mean(normal(0.7, 2.5)(x))
        close(
            loss, wanted, f"n={n}, m={m}, z = (x − 0.7)/2.5: the loss must be the Gaussian's mean −log N(x; 0.7, 2.5²)"
        )


@grades("forward_kl_loss")
def test_forward_kl_loss_knows_the_units_of_the_data(answer):
    x = data(7, 3)
    metres = answer.forward_kl_loss(x, affine_f(0.2, 0.9), normal())
    millimetres = answer.forward_kl_loss(1000 * x, lambda y: affine_f(200.0, 900.0)(y), normal())
    message = "data in units a thousand times smaller, the same z: the loss must grow by m log 1000"
    close(millimetres - metres, 3 * np.log(1000), message)


@grades("forward_kl_loss")
def test_forward_kl_loss_is_a_mean_over_objects(answer):
    x = data(5, 3)
    once = answer.forward_kl_loss(x, curved_f, normal())
    twice = answer.forward_kl_loss(np.concatenate([x, x]), curved_f, normal())
    same(twice, once, "the same objects twice in the batch: the loss must stay as it was")
    alone = [solution.forward_kl_loss(x[i : i + 1], curved_f, normal()) for i in range(5)]
    close(once, np.mean(alone), "the loss of a batch must be the mean of its objects' losses")


@grades("forward_kl_loss")
def test_forward_kl_loss_uses_the_base_it_is_given(answer):
    x = data(6, 2)
    close(
        answer.forward_kl_loss(x, affine_f(0.0, 1.0), logistic), -np.mean(logistic(x)), "identity flow, logistic base"
    )
    loss = answer.forward_kl_loss(x, curved_f, logistic)
    z, log_det = curved_f(x)
    close(loss, -np.mean(logistic(z) + log_det), "curved flow, logistic base")


@grades("forward_kl_loss")
def test_forward_kl_loss_survives_densities_that_are_no_longer_floats(answer):
    x = np.full((3, 400), 10.0)  # log p is about −20,000: p itself rounds to 0
    close(
        answer.forward_kl_loss(x, affine_f(0.0, 1.0), normal()), -np.mean(normal()(x)), "400 dimensions, 10 sigma off"
    )


@grades("forward_kl_loss")
def test_forward_kl_loss_keeps_float32(answer):
    x = data(6, 3, np.float32)
    loss = answer.forward_kl_loss(x, curved_f, normal())
    shape(loss, (), "The loss")
    if type(loss) is not float:  # a Python float has no precision to keep
        dtype(loss, np.float32, "The loss for float32 data")
    close(np.float32(loss), solution.forward_kl_loss(x.astype(float), curved_f, normal()), "The loss in float32")


# ------------------------------------------------------------------ reverse_kl_loss


@grades("reverse_kl_loss")
def test_reverse_kl_loss_is_one_number(answer):
    for n, m in ((5, 3), (1, 2), (4, 1), (3, 3)):
        loss = answer.reverse_kl_loss(data(n, m), curved_g, normal(), logistic)
        shape(loss, (), f"The loss for n={n}, m={m}")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_is_zero_when_the_flow_is_the_target(answer):
    for n, m, mu, sigma in ((6, 4, 0.7, 2.5), (1, 1, -3.0, 0.2), (5, 2, 10.0, 1.0)):
        loss = answer.reverse_kl_loss(data(n, m), affine_g(mu, sigma), normal(), normal(mu, sigma))
        message = (
            f"x = {sigma} z + {mu} has exactly the density of the target N({mu}, {sigma}²), m={m}: the KL must be 0"
        )
        close(loss, 0.0, message, atol=1e-9)


@grades("reverse_kl_loss")
def test_reverse_kl_loss_equals_the_closed_form(answer):
    for mu, sigma in ((1.0, 2.0), (-0.5, 0.3), (0.0, 4.0)):
        loss = answer.reverse_kl_loss(FOUR_CORNERS, affine_g(mu, sigma), normal(), normal())
        wanted = mu**2 + sigma**2 - 1 - 2 * np.log(sigma)
        close(loss, wanted, f"KL(N({mu}, {sigma}²) ‖ N(0, 1)) in two dimensions, from draws with exact moments")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_is_not_symmetric(answer):
    loss = answer.reverse_kl_loss(FOUR_CORNERS, affine_g(0.5, 1.0), normal(), normal(0.0, 3.0))
    wanted = 2 * (np.log(3.0) + (1 + 0.25) / 18 - 0.5)
    close(loss, wanted, "KL(N(0.5, 1) ‖ N(0, 3²)) in two dimensions (the flow first, the target second)")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_may_be_negative(answer):
    z = np.full((2, 2), 0.1)
    loss = answer.reverse_kl_loss(z, affine_g(0.0, 2.0), normal(), normal())
    wanted = np.mean(normal()(z) - 2 * np.log(2.0) - normal()(2 * z))
    close(loss, wanted, "an estimate from unlucky draws, all near 0")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_is_a_mean_over_draws(answer):
    z = data(5, 3)
    once = answer.reverse_kl_loss(z, curved_g, normal(), normal(0.4, 1.7))
    twice = answer.reverse_kl_loss(np.concatenate([z, z]), curved_g, normal(), normal(0.4, 1.7))
    same(twice, once, "the same draws twice in the batch: the loss must stay as it was")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_uses_both_densities_it_is_given(answer):
    z = data(6, 2)
    x, log_det = curved_g(z)
    loss = answer.reverse_kl_loss(z, curved_g, logistic, normal(0.4, 1.7))
    close(loss, np.mean(logistic(z) - log_det - normal(0.4, 1.7)(x)), "curved flow, logistic base, normal target")
    loss = answer.reverse_kl_loss(z, curved_g, normal(), logistic)
    close(loss, np.mean(normal()(z) - log_det - logistic(x)), "curved flow, normal base, logistic target")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_takes_an_unnormalized_target(answer):
    z = data(6, 2)
    loss = answer.reverse_kl_loss(z, curved_g, normal(), lambda x: normal()(x) + 5)
    wanted = solution.reverse_kl_loss(z, curved_g, normal(), normal()) - 5
    close(loss, wanted, "the target's log-density raised by 5 everywhere: the loss must fall by 5")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_survives_densities_that_are_no_longer_floats(answer):
    z = 5 * data(3, 400)
    loss = answer.reverse_kl_loss(z, affine_g(1.0, 2.0), normal(), normal())
    close(loss, solution.reverse_kl_loss(z, affine_g(1.0, 2.0), normal(), normal()), "400 dimensions, far out")


@grades("reverse_kl_loss")
def test_reverse_kl_loss_keeps_float32(answer):
    z = data(6, 3, np.float32)
    loss = answer.reverse_kl_loss(z, curved_g, normal(), normal(0.5, 2.0))
    shape(loss, (), "The loss")
    if type(loss) is not float:
        dtype(loss, np.float32, "The loss for float32 draws")
    wanted = solution.reverse_kl_loss(z.astype(float), curved_g, normal(), normal(0.5, 2.0))
    close(np.float32(loss), wanted, "The loss in float32", rtol=1e-3)
