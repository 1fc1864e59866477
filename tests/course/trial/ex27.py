"""Exercise 27 as new users answer it."""

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

F, G, P = "iaf_f", "iaf_g", "passes"


@wrong(F, "not exchanged")
def same(x, maf_f, maf_g):
    return maf_f(x)


@wrong(F, "sign of log_det turned as well")
def sign(x, maf_f, maf_g):
    z, log_det = maf_g(x)
    return z, -log_det


@wrong(F, "log_det of the MAF's f")
def log_det_of_f(x, maf_f, maf_g):
    return maf_g(x)[0], maf_f(x)[1]


@wrong(F, "the function returned, not its value")
def uncalled(x, maf_f, maf_g):
    return maf_g


@wrong(F, "only z")
def only_z(x, maf_f, maf_g):
    return maf_g(x)[0]


@wrong(F, "g after f")
def both(x, maf_f, maf_g):
    return maf_g(maf_f(x)[0])


@wrong(F, "forgets the return")
def no_return(x, maf_f, maf_g):
    maf_g(x)


@wrong(F, "log_det zero")
def zero(x, maf_f, maf_g):
    z, log_det = maf_g(x)
    return z, 0 * log_det


@right(F)
def unpacked(x, maf_f, maf_g):
    z, log_det = maf_g(x)
    return z, log_det


@wrong(F, "two calls where one is enough")
def minus_f_at_the_result(x, maf_f, maf_g):
    z, _ = maf_g(x)
    return z, -maf_f(z)[1]


@wrong(G, "not exchanged")
def same_g(z, maf_f, maf_g):
    return maf_g(z)


@right(G)
def a_list(z, maf_f, maf_g):
    return list(maf_f(z))


@wrong(G, "the pair exchanged")
def exchanged(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return log_det, x


@wrong(G, "minus x")
def minus(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return -x, log_det


@wrong(G, "log_det summed over the batch")
def summed(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return x, log_det.sum()


@wrong(G, "log_det turned")
def g_sign(z, maf_f, maf_g):
    x, log_det = maf_f(z)
    return x, -log_det


@right(G)
def as_tuple(z, maf_f, maf_g):
    return tuple(maf_f(z))


@wrong(P, "always m")
def always_m(kind, direction, m):
    return m


@wrong(P, "always 1")
def always_one(kind, direction, m):
    return 1


@wrong(P, "exchanged")
def passes_exchanged(kind, direction, m):
    return m if (kind == "maf") == (direction == "f") else 1


@wrong(P, "m - 1")
def m_minus_one(kind, direction, m):
    return 1 if (kind == "maf") == (direction == "f") else m - 1


@wrong(P, "by the direction alone")
def by_direction(kind, direction, m):
    return 1 if direction == "f" else m


@wrong(P, "a string")
def text(kind, direction, m):
    return "1" if (kind == "maf") == (direction == "f") else "m"


@wrong(P, "upper case expected")
def upper(kind, direction, m):
    return 1 if (kind, direction) in (("MAF", "f"), ("IAF", "g")) else m


@wrong(P, "m squared")
def squared(kind, direction, m):
    return 1 if (kind == "maf") == (direction == "f") else m**2


@wrong(P, "m + 1, one for the log_det")
def m_plus_one(kind, direction, m):
    return 1 if (kind == "maf") == (direction == "f") else m + 1


@right(P)
def by_table(kind, direction, m):
    return {("maf", "f"): 1, ("maf", "g"): m, ("iaf", "f"): m, ("iaf", "g"): 1}[kind, direction]


@right(P)
def by_power(kind, direction, m):
    return int(m ** ((kind == "maf") != (direction == "f")))


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(F, "the pair as one stacked array")
def only_log_det(x, maf_f, maf_g):
    return maf_g(x)[1]


@wrong(G, "g of minus z")
def of_minus_z(z, maf_f, maf_g):
    return maf_f(-z)


@wrong(P, "2 passes for the fast one")
def two(kind, direction, m):
    return 2 if (kind == "maf") == (direction == "f") else m
