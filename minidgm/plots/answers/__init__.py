"""`minidgm see NN`: the table of pictures, exercise → panels: what the student's functions do, with numbers.

A panel is a function (ax, mine, truth) -> str. `mine` has the student's functions, `truth` the right ones; it draws
both, and returns one line to be read below. A call that fails ends the panel, and its sentence takes the panel's place.
"""

from minidgm.plots.answers import basics, dequantize, discrete, flows, museum, vae

PICTURES = {
    1: (basics.logsumexp_error, basics.softplus_error, basics.log_sigmoid_error, basics.log_diff_sigmoid_error),
    2: (basics.momentum_path, basics.adam_path),
    3: (basics.affine_density, basics.affine_samples, basics.brute_force, basics.banana_density),
    4: (basics.degrees, basics.first_mask, basics.dependence),
    5: flows.of_autoregressive("ar"),
    6: flows.of_autoregressive("iar"),
    7: (flows.warped, flows.moons_density, flows.coupling_blocks),
    8: (flows.forward_loss, flows.reverse_loss),
    9: (flows.noise_gap, flows.no_noise),
    10: (discrete.spikes, discrete.counts),
    11: (discrete.logistic_tails, discrete.logistic_steps, discrete.mixture_density, discrete.mixture_steps),
    12: (discrete.levels_of_one, discrete.levels_of_mixture, discrete.far_bins),
    13: (discrete.masks, discrete.all_images, discrete.drawn_images),
    14: (dequantize.noisy_points, dequantize.cells, dequantize.integral),
    15: (dequantize.better_noise, dequantize.more_noise),
    16: (dequantize.noise_densities, dequantize.noise_tails),
    17: (vae.samples, vae.kl_curve, vae.bernoulli_curve, vae.bound_curve),
    18: (vae.tables, vae.ring),
    19: (vae.information, vae.batches),
    20: (vae.surgery_bars, vae.surgery_curve),
    21: (vae.mixture_prior, vae.vamp_prior),
    22: (vae.flow_prior, vae.prior_bound),
    23: (vae.bent_posterior, vae.posterior_bound),
    24: (vae.ladder, vae.gaps),
    25: (dequantize.to_latent_curve, dequantize.there_and_back, dequantize.same_bits),
    26: (museum.caught,),
    27: (flows.iaf_density, flows.iaf_samples, flows.passes),
}
