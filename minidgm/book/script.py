"""The page's only script: it moves the three pictures of `sliders`, with the same formulas. Nothing else needs it."""

SCRIPT = r"""
"use strict";
const LOG_2PI = Math.log(2 * Math.PI);
const range = (n, from, to) => Array.from({length: n}, (_, k) => from + (to - from) * k / (n - 1));
const sum = a => a.reduce((s, v) => s + v, 0);
const normal = (x, mu, sigma) => -0.5 * ((x - mu) / sigma) ** 2 - Math.log(sigma) - 0.5 * LOG_2PI;
const logsumexp = a => { const top = Math.max(...a); return top + Math.log(sum(a.map(v => Math.exp(v - top)))); };
const logSigmoid = a => Math.min(a, 0) - Math.log1p(Math.exp(-Math.abs(a)));
const log1mexp = d => d > Math.LN2 ? Math.log1p(-Math.exp(-d)) : Math.log(-Math.expm1(-d));
const at = (x, y) => x.toFixed(4) + " " + (1 - Math.min(Math.max(y, -0.02), 1.02)).toFixed(4);
const line = (x, y) => "M" + x.map((v, k) => at(v, y[k])).join("L");
const area = (x, y) => "M" + [at(x[0], 0), ...x.map((v, k) => at(v, y[k])), at(x[x.length - 1], 0)].join("L") + "Z";

// Row 13: I_q and KL(q_agg || p) of three encoders, as sums over eps weighted by its density.
function information({s1, s2, s3, sp}) {
  const mu = [-2, 0, 2], sigma = [s1, s2, s3];
  const logAgg = z => logsumexp(mu.map((m, k) => normal(z, m, sigma[k]))) - Math.log(3);
  let I = 0, marginal = 0;
  for (let j = -900; j <= 900; j++) for (let k = 0; k < 3; k++) {
    const eps = j / 100, z = mu[k] + sigma[k] * eps, weight = Math.exp(normal(eps, 0, 1)) / 300, agg = logAgg(z);
    I += weight * (normal(z, mu[k], sigma[k]) - agg);
    marginal += weight * (agg - normal(z, 0, sp));
  }
  const x = range(321, -8, 8), u = x.map(v => (v + 8) / 16);
  const agg = x.map(v => Math.exp(logAgg(v))), p = x.map(v => Math.exp(normal(v, 0, sp)));
  const top = 1.05 * Math.max(...agg, ...p), scaled = a => a.map(v => v / top);
  const curves = {agg: line(u, scaled(agg)), prior: line(u, scaled(p))};
  mu.forEach((m, k) => { curves["q" + (k + 1)] = area(u, scaled(x.map(v => Math.exp(normal(v, m, sigma[k])) / 3))); });
  return {curves, numbers: [I, marginal, I + marginal, Math.log(3)]};
}

// Row 4: the terms of the ELBO of a flow seen as a VAE; f(x) = 1/2 and log|det| = 1/4 in every dimension.
function flow({tau, m}) {
  const terms = t => {
    const entropy = Math.log(t) + 0.5 * (LOG_2PI + 1);
    return [0.25 - entropy, -0.5 * (0.25 + LOG_2PI) - 0.5 * t * t, entropy];
  };
  const logP = 0.25 - 0.5 * (0.25 + LOG_2PI), up = v => (v + 7) / 12, t = 10 ** tau;
  const grid = range(101, -2, 0.5), u = grid.map(v => (v + 2) / 2.5), found = grid.map(v => terms(10 ** v));
  const curves = {elbo: line(u, found.map(f => up(sum(f)))), logp: line([0, 1], [up(logP), up(logP)]),
                  at: line([(tau + 2) / 2.5, (tau + 2) / 2.5], [0, 1])};
  ["lik", "prior", "entropy"].forEach((name, k) => { curves[name] = line(u, found.map(f => up(f[k]))); });
  const here = terms(t).map(v => m * v);
  return {curves, numbers: [...here, sum(here), m * logP, 0.5 * m * t * t]};
}

// Row 8: log(F(y + 1/2) - F(y - 1/2)) of a mixture of two logistics, the outer bins without an end.
function bins({mu, s, levels}) {
  const L = levels, means = [mu, 0.75 * (L - 1)], scales = [s, 1];
  const logP = y => logsumexp(means.map((m, k) => {
    const a = (y + 0.5 - m) / scales[k], b = (y - 0.5 - m) / scales[k], first = y === 0, last = y === L - 1;
    return (last ? 0 : logSigmoid(a)) + (first ? 0 : logSigmoid(-b)) + (first || last ? 0 : log1mexp(a - b));
  })) - Math.LN2;
  const logs = Array.from({length: L}, (_, y) => logP(y)), P = logs.map(Math.exp);
  const x = range(401, -4, L + 3), density = x.map(v => sum(means.map((m, k) => {
    const a = (v - m) / scales[k];
    return 0.5 * Math.exp(logSigmoid(a) + logSigmoid(-a)) / scales[k];
  })));
  const most = Math.max(...P), top = 1.05 * Math.max(most, Math.min(Math.max(...density), 2 * most));
  const across = v => (v + 4) / (L + 7), fix = v => v.toFixed(4);
  const tail = inside => {
    const k = x.map((_, i) => i).filter(i => inside(x[i]));
    return area(k.map(i => across(x[i])), k.map(i => density[i] / top));
  };
  const bars = P.map((p, k) =>
    `M${fix(across(k - 0.46))} 1.0000V${fix(1 - p / top)}H${fix(across(k + 0.46))}V1.0000Z`).join("");
  return {curves: {bars, density: line(x.map(across), density.map(v => v / top)), left: tail(v => v <= -0.5),
                   right: tail(v => v >= L - 0.5)}, numbers: [P[0], P[L - 1], logs[0], sum(P)]};
}

const DRAW = {information, flow, bins};
for (const figure of document.querySelectorAll("figure.slider")) {
  const inputs = [...figure.querySelectorAll("input")], cells = [...figure.querySelectorAll("dd")];
  const move = () => {
    const drawn = DRAW[figure.dataset.kind](Object.fromEntries(inputs.map(i => [i.name, Number(i.value)])));
    for (const [name, d] of Object.entries(drawn.curves))
      figure.querySelector(`[data-curve=${name}]`).setAttribute("d", d);
    drawn.numbers.forEach((value, k) => { cells[k].textContent = value.toPrecision(7).replace("-", "\u2212"); });
    for (const i of inputs) {
      const value = i.hasAttribute("data-log") ? 10 ** Number(i.value) : Number(i.value);
      i.previousElementSibling.textContent = String(Number(value.toPrecision(3)));
      i.setAttribute("aria-valuetext", i.previousElementSibling.textContent);
    }
  };
  for (const i of inputs) { i.hidden = false; i.addEventListener("input", move); }
  move();
}
"""
