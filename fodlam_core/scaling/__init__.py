"""Technology scaling: rules that carry a cost from one technology point to another.

A new rule is a module here and a line in `fodlam_core.plugins.builtin`.

How to write a rule
===================
A rule is any object with a ``name`` and a method ``factors(source, target)``; the hook
``fodlam_technology_scalers`` supplies it (its docstring contains a complete plugin, and
``examples/plugins/fodlam-deepscaletool`` is a distribution to copy):

>>> from fodlam_core import ScalingFactors, Technology
>>> class Linear:
...     name = "linear"
...     title = "time and energy in proportion to the node"
...     uses = ("node_nm",)
...
...     def factors(self, source, target):
...         s = target.node_nm / source.node_nm
...         return ScalingFactors(time=s, energy=s, area=s * s)
>>> Linear().factors(Technology(45), Technology(90)).power
1.0

* A factor multiplies the source value. A rule returns time and energy; power is always
  energy / time. ``area`` is optional.
* Raise `ScalingError` outside the domain, and state the domain: never use the nearest node, never
  interpolate unless the user asks for it, never extrapolate. For inputs that a point lacks, use
  `fodlam_core.scaling.inputs.require`; the core completes its error with the lines to write.
  `fodlam_core.scaling.tables.NodeTable` is a table of nodes that does all this.
* Equal points have factors of exactly 1, the reverse direction has the inverse, and an intermediate
  point makes no difference. ``fodlam_core.testing.check_scaler`` tests it.
* ``logic`` and ``sram`` are energy factors of these parts, if a rule knows them; a chip that states
  how its energy splits is scaled by parts, and its DRAM is not scaled.
* ``notes`` of the factors are caveats about this pair of points; they appear in the result.
* The core does the rest for every rule: it skips the call for equal points, holds the clock
  (``clock = "hold"``), and warns of long jumps, planar against FinFET, HP against LP, and inputs
  that the rule does not use (`fodlam_core.scaling.carry`).

Optional attributes: ``title`` (one line), ``aliases`` (further names), ``uses`` (the fields of
`Technology` that matter), ``energy_only`` (true if its source has no times), ``domain`` and
``source`` (sentences for ``fodlam-core scalers``), ``options`` (an attrs class for
``[technology.options]``) with ``configure(options)``, which returns the configured rule.
``factors_over(source, node_nm, vdd)`` gives a sweep the factors of time and of energy for a million
points at once: it gets an `Array` of nodes and one of voltages (None if they are not given), and
returns two arrays, or None; it is for rules without separate factors for logic and SRAM. If a value
cannot be a factor, such as infinity, ``factors`` is called and explains why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fodlam_core.model.technology import ScalingFactors, Technology

Array = Any
"""A column of numbers that does arithmetic element by element, such as a polars Series."""
Arrays = tuple[Array, Array]


class TechnologyScaler(Protocol):
    """A scaling rule: the identity on equal points, invertible and transitive."""

    @property
    def name(self) -> str:
        """What a configuration calls it."""
        ...

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return what to multiply costs at ``source`` by to get those at ``target``.

        Raises:
            ScalingError: outside the domain of the rule.
        """
        ...
