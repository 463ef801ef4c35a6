"""Publications that the core itself rests on."""

from __future__ import annotations

from fodlam_core.costs import Citation

FODLAM = Citation(
    "sampson2017fodlam",
    "A. Sampson and M. Buckler, FODLAM: First-Order Deep Learning Accelerator Model, 2017, "
    "https://github.com/cucapra/fodlam",
    """\
@misc{sampson2017fodlam,
  author       = {Sampson, Adrian and Buckler, Mark},
  title        = {{FODLAM}: First-Order Deep Learning Accelerator Model},
  year         = {2017},
  howpublished = {\\url{https://github.com/cucapra/fodlam}}
}
""",
)

DENNARD = Citation(
    "dennard1974design",
    "R. H. Dennard, F. H. Gaensslen, H.-N. Yu, V. L. Rideout, E. Bassous and A. R. LeBlanc, "
    '"Design of Ion-Implanted MOSFET\'s with Very Small Physical Dimensions", IEEE JSSC 9(5), 1974',
    """\
@article{dennard1974design,
  author  = {Dennard, Robert H. and Gaensslen, Fritz H. and Yu, Hwa-Nien and Rideout, V. Leo and Bassous, Ernest and LeBlanc, Andre R.},
  title   = {Design of Ion-Implanted {MOSFET's} with Very Small Physical Dimensions},
  journal = {IEEE Journal of Solid-State Circuits},
  volume  = {9},
  number  = {5},
  pages   = {256--268},
  year    = {1974},
  doi     = {10.1109/JSSC.1974.1050511}
}
""",  # noqa: E501, one line for each field
    "Table I",
)
