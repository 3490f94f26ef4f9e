"""Kernels as plain Python: the same source, run by the interpreter over whole numbers of any size.

A single deterministic run needs no machine code: it starts at once, records a trace, and is exact
beyond 64 bits. Batches use the compiled kernels. Both come from one file.
"""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

_KERNELS = "ipfinance.numerics.kernels."
_DECORATOR = "ipfinance.numerics._kernel"


@cache
def uncompiled(name: str) -> ModuleType:
    """Return a module of kernels with its functions not compiled.

    Parameters
    ----------
    name
        Name of the module below `ipfinance.numerics.kernels`.
    """
    spec = importlib.util.find_spec(_KERNELS + name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(_KERNELS + name)
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    module = ModuleType(f"{_KERNELS}{name}.uncompiled")
    body: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == _DECORATOR:
            continue
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(_KERNELS):
            other = uncompiled((statement.module or "").removeprefix(_KERNELS))
            for alias in statement.names:
                setattr(module, alias.asname or alias.name, getattr(other, alias.name))
            continue
        if isinstance(statement, ast.FunctionDef):
            statement.decorator_list = []
        body.append(statement)
    tree.body = body
    exec(compile(tree, spec.origin, "exec"), module.__dict__)  # noqa: S102
    return module
