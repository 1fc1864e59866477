"""Misconceptions and other right answers for exercise 27."""

import numpy as np

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ iaf_f

F = "iaf_f"


@misconception(F, "This is the MAF itself. Exchange the directions: the f of the inverse flow is the MAF's g.")
def f_not_exchanged(x, maf_f, maf_g):
    return maf_f(x)


@misconception(
    F,
    "You change the sign of log_det. maf_g's log_det is that of the map just applied, and that "
    "very map is applied here: nothing is inverted, it only has another name.",
)
def f_sign_changed(x, maf_f, maf_g):
    z, log_det = maf_g(x)
    return z, -log_det


@misconception(F, "You return the array alone. log_det belongs to it: return both, as maf_g does.")
def f_array_alone(x, maf_f, maf_g):
    return maf_g(x)[0]


@misconception(F, "You apply both directions, one after the other: that is the identity.")
def f_both_directions(x, maf_f, maf_g):
    u, there = maf_f(x)
    z, back = maf_g(u)
    return z, there + back


@misconception(F, "You apply maf_g twice.")
def f_twice(x, maf_f, maf_g):
    u, first = maf_g(x)
    z, second = maf_g(u)
    return z, first + second


@misconception(
    F,
    "You reverse the columns on the way. The order of the dimensions stays; only the directions are exchanged.",
)
def f_columns_reversed(x, maf_f, maf_g):
    z, log_det = maf_g(x[:, ::-1])
    return z[:, ::-1], log_det


@misconception(F, "You change the sign of x. Exchanging f and g is all there is to do.")
def f_of_minus_x(x, maf_f, maf_g):
    z, log_det = maf_g(-x)
    return -z, log_det


@misconception(F, "Your log_det is that of maf_f at the same x, another map.")
def f_log_det_of_the_other(x, maf_f, maf_g):
    return maf_g(x)[0], maf_f(x)[1]


@misconception(
    F,
    "Right, but with two calls: you ask maf_f for the log_det and change its sign. maf_g returns it with the array.",
)
def f_two_calls(x, maf_f, maf_g):
    z, _ = maf_g(x)
    return z, -maf_f(z)[1]


@right_answer(F)
def f_unpacked(x, maf_f, maf_g):
    z, log_det = maf_g(x)
    return z, log_det


@right_answer(F)
def f_one_object_at_a_time(x, maf_f, maf_g):
    pairs = [maf_g(x[i : i + 1]) for i in range(len(x))]
    return np.concatenate([z for z, _ in pairs]), np.concatenate([log_det for _, log_det in pairs])


@right_answer(F)
def f_through_a_pair(x, maf_f, maf_g):
    def inverse(f, g):
        return g, f

    f, _ = inverse(maf_f, maf_g)
    return f(x)


# ------------------------------------------------------------------ iaf_g

G = "iaf_g"


@misconception(G, "This is the MAF itself. Exchange the directions: the g of the inverse flow is the MAF's f.")
def g_not_exchanged(z, maf_f, maf_g):
    return maf_g(z)


@misconception(
    G,
    "You change the sign of log_det. maf_f's log_det is that of the map just applied, and that "
    "very map is applied here: nothing is inverted, it only has another name.",
)
def g_sign_changed(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return x, -log_det


@misconception(G, "You return the array alone. log_det belongs to it: return both, as maf_f does.")
def g_array_alone(z, maf_f, maf_g):
    return maf_f(z)[0]


@misconception(G, "You apply both directions, one after the other: that is the identity.")
def g_both_directions(z, maf_f, maf_g):
    u, there = maf_g(z)
    x, back = maf_f(u)
    return x, there + back


@misconception(G, "You apply maf_f twice.")
def g_twice(z, maf_f, maf_g):
    u, first = maf_f(z)
    x, second = maf_f(u)
    return x, first + second


@misconception(
    G,
    "You reverse the columns on the way. The order of the dimensions stays; only the directions are exchanged.",
)
def g_columns_reversed(z, maf_f, maf_g):
    x, log_det = maf_f(z[:, ::-1])
    return x[:, ::-1], log_det


@misconception(G, "Your log_det is that of maf_g at the same z, another map.")
def g_log_det_of_the_other(z, maf_f, maf_g):
    return maf_f(z)[0], maf_g(z)[1]


@misconception(
    G,
    "Right, but with two calls, and the second is the slow one: maf_f returns the log_det with the array.",
)
def g_two_calls(z, maf_f, maf_g):
    x, _ = maf_f(z)
    return x, -maf_g(x)[1]


@right_answer(G)
def g_unpacked(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return x, log_det


@right_answer(G)
def g_one_object_at_a_time(z, maf_f, maf_g):
    pairs = [maf_f(z[i : i + 1]) for i in range(len(z))]
    return np.concatenate([x for x, _ in pairs]), np.concatenate([log_det for _, log_det in pairs])


# ------------------------------------------------------------------ passes

N = "passes"


@misconception(N, "You have the two flows the wrong way round: a MAF's density takes one pass, an IAF's sample does.")
def exchanged(kind, direction, m):
    return m if (kind, direction) in (("maf", "f"), ("iaf", "g")) else 1


@misconception(
    N, "You look at the direction only. For the inverse flow f is the slow one, because its f is the MAF's g."
)
def direction_alone(kind, direction, m):
    return m if direction == "g" else 1


@misconception(N, "You look at the kind only. Each of the two flows has a fast and a slow direction.")
def kind_alone(kind, direction, m):
    return 1 if kind == "maf" else m


@misconception(N, "No direction of yours is sequential. One of each flow's two waits for every coordinate in turn.")
def always_one(kind, direction, m):
    return 1


@misconception(N, "All directions of yours are sequential. One of each flow's two has all it needs from the start.")
def always_m(kind, direction, m):
    return m


@misconception(
    N,
    "You count m − 1 passes. The first coordinate's mu and sigma depend on nothing, but they too come out of the net, "
    "and for m = 1 there would be no pass at all.",
)
def one_pass_too_few(kind, direction, m):
    return m - 1 if (kind, direction) in (("maf", "g"), ("iaf", "f")) else 1


@misconception(N, "You count m(m + 1)/2, all coordinates seen. A pass takes the whole array, however much is known.")
def coordinates_seen(kind, direction, m):
    return m * (m + 1) // 2 if (kind, direction) in (("maf", "g"), ("iaf", "f")) else 1


@misconception(N, "You count both directions together, 1 + m. Asked is one of them.")
def both_ways(kind, direction, m):
    return 1 + m


@right_answer(N)
def from_a_table(kind, direction, m):
    return {"maf": {"f": 1, "g": m}, "iaf": {"f": m, "g": 1}}[kind][direction]


@right_answer(N)
def by_asking_what_is_known(kind, direction, m):
    net_reads = "x" if kind == "maf" else "z"  # what mu and sigma are functions of
    given = "x" if direction == "f" else "z"
    return 1 if net_reads == given else m


# ------------------------------------------------------------------ more of each


@misconception(F, "You apply both directions, one after the other: that is the identity. One of them is enough.")
def f_both_directions_with_one_log_det(x, maf_f, maf_g):
    return maf_g(maf_f(x)[0])


@misconception(F, "Your log_det is 0. The map stretches space like any other: maf_g returns how much.")
def f_log_det_zero(x, maf_f, maf_g):
    z, log_det = maf_g(x)
    return z, 0 * log_det


@misconception(G, "You add log_det up over the batch. Each object has its own, (n,).")
def g_log_det_summed(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return x, np.sum(log_det)


@misconception(G, "You change the sign of x. Inverting a flow exchanges its directions, it does not change signs.")
def g_sign_of_x(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return -x, log_det


@misconception(
    N, "You count a pass for each pair of coordinates, m². Each pass settles one more coordinate: m of them."
)
def passes_squared(kind, direction, m):
    return 1 if (kind == "maf") == (direction == "f") else m * m


@misconception(
    N, "You count one pass too many. The m-th pass has the last mu and sigma, which are all that log_det needs."
)
def one_pass_too_many(kind, direction, m):
    return 1 if (kind == "maf") == (direction == "f") else m + 1


@misconception(N, "You return text. Asked is a whole number: m itself, or 1.")
def passes_as_text(kind, direction, m):
    return "1" if (kind == "maf") == (direction == "f") else "m"
