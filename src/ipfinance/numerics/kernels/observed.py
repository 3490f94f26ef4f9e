"""One date of a recursion over a watched asset: weights of nodes that depend on distance only."""

from __future__ import annotations

from ipfinance.numerics._kernel import kernel
from ipfinance.numerics._types import FloatArray


@kernel
def carried_back(values: FloatArray, blocks: FloatArray, first: int, out: FloatArray) -> None:
    """Take expectations of node values one date back.

    `values` and `out` have shape (states, panels, nodes); `blocks[k, a, b]` is the weight of node
    b, `first + k` panels further on, as seen from node a.
    """
    states, panels, nodes = values.shape
    for state in range(states):
        for panel in range(panels):
            for node in range(nodes):
                out[state, panel, node] = 0.0
            for place in range(blocks.shape[0]):
                other = panel + first + place
                if other < 0 or other >= panels:
                    continue
                for node in range(nodes):
                    total = 0.0
                    for source in range(nodes):
                        total += blocks[place, node, source] * values[state, other, source]
                    out[state, panel, node] += total
