"""Publications that the core itself rests on."""

from __future__ import annotations

from fodlam_core.model.costs import Citation

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
    key="dennard1974design",
    text="R. H. Dennard, F. H. Gaensslen, H.-N. Yu, V. L. Rideout, E. Bassous and A. R. LeBlanc, "
    '"Design of Ion-Implanted MOSFET\'s with Very Small Physical Dimensions", IEEE JSSC 9(5), 1974',
    bibtex="""\
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
    where="Table I",
)

RABAEY = Citation(
    "rabaey2003digital",
    "J. M. Rabaey, A. Chandrakasan and B. Nikolic, Digital Integrated Circuits: A Design "
    "Perspective, 2nd edition, 2003",
    """\
@book{rabaey2003digital,
  author    = {Rabaey, Jan M. and Chandrakasan, Anantha and Nikoli{\\'c}, Borivoje},
  title     = {Digital Integrated Circuits: A Design Perspective},
  edition   = {2},
  publisher = {Prentice Hall},
  year      = {2003}
}
""",
)

TAYLOR = Citation(
    "taylor2012dark",
    'M. B. Taylor, "Is Dark Silicon Useful? Harnessing the Four Horsemen of the Coming Dark '
    'Silicon Apocalypse", DAC 2012',
    """\
@inproceedings{taylor2012dark,
  author    = {Taylor, Michael B.},
  title     = {Is Dark Silicon Useful? Harnessing the Four Horsemen of the Coming Dark Silicon Apocalypse},
  booktitle = {49th Annual Design Automation Conference (DAC)},
  pages     = {1131--1136},
  year      = {2012},
  doi       = {10.1145/2228360.2228567}
}
""",  # noqa: E501, one line for each field
)

STILLMAKER_BAAS = Citation(
    "stillmaker2017scaling",
    'A. Stillmaker and B. Baas, "Scaling equations for the accurate prediction of CMOS device '
    'performance from 180 nm to 7 nm", Integration 58, 2017, and its corrigendum',
    """\
@article{stillmaker2017scaling,
  author  = {Stillmaker, Aaron and Baas, Bevan},
  title   = {Scaling Equations for the Accurate Prediction of {CMOS} Device Performance from 180 nm to 7 nm},
  journal = {Integration, the {VLSI} Journal},
  volume  = {58},
  pages   = {74--81},
  year    = {2017},
  doi     = {10.1016/j.vlsi.2017.02.002}
}
""",  # noqa: E501, one line for each field
)

DARK_SILICON = Citation(
    "esmaeilzadeh2011dark",
    "H. Esmaeilzadeh, E. Blem, R. St. Amant, K. Sankaralingam and D. Burger, "
    '"Dark Silicon and the End of Multicore Scaling", ISCA 2011',
    """\
@inproceedings{esmaeilzadeh2011dark,
  author    = {Esmaeilzadeh, Hadi and Blem, Emily and St. Amant, Renee and Sankaralingam, Karthikeyan and Burger, Doug},
  title     = {Dark Silicon and the End of Multicore Scaling},
  booktitle = {38th Annual International Symposium on Computer Architecture (ISCA)},
  pages     = {365--376},
  year      = {2011},
  doi       = {10.1145/2000064.2000108}
}
""",  # noqa: E501, one line for each field
)

SAKURAI_NEWTON = Citation(
    "sakurai1990alpha",
    'T. Sakurai and A. R. Newton, "Alpha-Power Law MOSFET Model and its Applications to CMOS '
    'Inverter Delay and Other Formulas", IEEE JSSC 25(2), 1990',
    """\
@article{sakurai1990alpha,
  author  = {Sakurai, Takayasu and Newton, A. Richard},
  title   = {Alpha-Power Law {MOSFET} Model and its Applications to {CMOS} Inverter Delay and Other Formulas},
  journal = {IEEE Journal of Solid-State Circuits},
  volume  = {25},
  number  = {2},
  pages   = {584--594},
  year    = {1990},
  doi     = {10.1109/4.52187}
}
""",  # noqa: E501, one line for each field
)

TEN_LESSONS = Citation(
    "jouppi2021ten",
    'N. P. Jouppi et al., "Ten Lessons From Three Generations Shaped Google\'s TPUv4i", ISCA 2021',
    """\
@inproceedings{jouppi2021ten,
  author    = {Jouppi, Norman P. and others},
  title     = {Ten Lessons From Three Generations Shaped {Google's} {TPUv4i}},
  booktitle = {48th Annual International Symposium on Computer Architecture (ISCA)},
  pages     = {1--14},
  year      = {2021},
  doi       = {10.1109/ISCA52012.2021.00010}
}
""",
)
