"""The four hooks of a plugin.

A plugin is a module, or any object, with one or more of these functions, each marked with
`hookimpl`, and registered in the ``fodlam`` entry-point group of its distribution::

    [project.entry-points.fodlam]
    mychip = "fodlam_mychip"

Hooks are called once, when the registry is built, and return values; afterwards only methods of
those values are called. The core registers its own kinds, rules and readers in the same way.

The hooks have a level, which rises when they offer more to plugins. A plugin states the level that
it is written for in an attribute ``FODLAM_API`` (default: 1). Earlier levels keep working; a plugin
for a later level is an error.

* Level 1: predictors have ``fit(measurements)`` and ``predict(layer)``, the cost of one inference;
  costs are linear in the batch.
* Level 2: predictors can have ``fit(measurements, references, networks)`` and
  ``predict(layer, batch)``, the cost of a batch; see `fodlam_core.predictors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import LayerKind
    from fodlam_core.networks.reader import NetworkReader
    from fodlam_core.scaling import TechnologyScaler

PROJECT = "fodlam"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """What a plugin can supply; each docstring contains a complete plugin.

    Attributes:
        FODLAM_API: the level of these hooks.
        FODLAM_API_FITS: for each supported level the versions of fodlam-core that support it.
    """

    FODLAM_API = 2
    FODLAM_API_FITS: ClassVar[Mapping[int, str]] = {1: "0.1 and later", 2: "0.1 and later"}

    # A specification has no body: what returns a value is the implementation.
    @hookspec
    def fodlam_layer_kinds(self) -> Iterable[LayerKind]:  # type: ignore[empty-body]
        """Supply kinds of layers.

        ::

            from fodlam_core import LayerKind, hookimpl


            @hookimpl
            def fodlam_layer_kinds():
                yield LayerKind("pool", "pooling")
        """

    @hookspec
    def fodlam_accelerators(self) -> Iterable[Accelerator]:  # type: ignore[empty-body]
        """Supply accelerators.

        For a chip with a published table, a data file and `fodlam_core.load_accelerator` are best;
        the same in code::

            from fodlam_core import Accelerator, Citation, Layer, Measurement, Technology
            from fodlam_core import hookimpl
            from fodlam_core.predictors.per_mac import PerMac


            @hookimpl
            def fodlam_accelerators():
                layer = Layer("FC6", "fc", macs=102_760_448)
                yield Accelerator(
                    name="mychip",
                    title="MyChip, 28 nm",
                    kinds=["fc"],
                    technology=Technology(node_nm=28, vdd=0.9),
                    citation=Citation("doe2030", "J. Doe, MyChip, 2030", "@misc{doe2030}"),
                    provenance="measured",
                    measurements=[Measurement("VGG16", layer, 1, 41e-6, power_w=0.2)],
                    predictors=[PerMac()],
                )
        """

    @hookspec
    def fodlam_technology_scalers(self) -> Iterable[TechnologyScaler]:  # type: ignore[empty-body]
        """Supply rules of technology scaling.

        ::

            import attrs

            from fodlam_core import ScalingFactors, hookimpl


            @attrs.frozen
            class Linear:
                name: str = "linear"

                def factors(self, source, target):
                    s = target.node_nm / source.node_nm
                    return ScalingFactors(time=s, energy=s)


            @hookimpl
            def fodlam_technology_scalers():
                yield Linear()
        """

    @hookspec
    def fodlam_network_readers(self) -> Iterable[NetworkReader]:  # type: ignore[empty-body]
        """Supply readers of network files.

        ::

            import attrs

            from fodlam_core import Layer, Network, NetworkError, hookimpl


            @attrs.frozen
            class Lines:
                name: str = "lines"
                suffixes: tuple[str, ...] = (".lines",)

                def accepts(self, head):
                    return True

                def read(self, path, options):
                    layers = []
                    for number, line in enumerate(path.read_text().splitlines(), start=1):
                        try:
                            name, kind, macs = line.split()
                            layers.append(Layer(name, kind, int(macs)))
                        except ValueError as error:
                            raise NetworkError(f"{path}:{number}: {error}") from error
                    return Network(path.stem, layers)


            @hookimpl
            def fodlam_network_readers():
                yield Lines()
        """
