"""The one decorator for compiled kernels, with a cache that never serves stale code.

numba's own cache looks only at the file of the cached function. A kernel that calls a kernel in
another file would keep the callee's old machine code after an edit or an upgrade, and users would
get old numbers. Here the stamp of every cached kernel is one digest over all kernel files.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import caching
from numba.core.dispatcher import Dispatcher

ParametersT = ParamSpec("ParametersT")
ResultT = TypeVar("ResultT")


@cache
def source_digest(folder: Path) -> str:
    """Return one digest over all kernel files of a folder and the codes that they read."""
    total = hashlib.sha256()
    for path in [*sorted(folder.glob("*.py")), *folder.parent.glob("_codes.py")]:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


class _StampedByFolder:
    """Makes a cache locator stamp its entries with the digest of the whole folder."""

    _py_file: str

    def get_source_stamp(self) -> str:
        """Return the digest of the folder in which the kernel stands."""
        return source_digest(Path(self._py_file).parent)


class _UserProvided(_StampedByFolder, caching.UserProvidedCacheLocator):
    """The folder that NUMBA_CACHE_DIR names."""


class _InTree(_StampedByFolder, caching.InTreeCacheLocator):
    """The `__pycache__` beside the kernel."""


class _UserWide(_StampedByFolder, caching.UserWideCacheLocator):
    """The user's cache folder, for an installation that cannot be written to."""


class _Implementation(caching.CompileResultCacheImpl):
    _locator_classes = [_UserProvided, _InTree, _UserWide]  # noqa: RUF012


class _KernelCache(caching.FunctionCache):
    _impl_class = _Implementation


def kernel(function: Callable[ParametersT, ResultT]) -> Callable[ParametersT, ResultT]:
    """Compile a function to machine code that releases the interpreter lock.

    The machine code is cached where a folder can be written to, and compiled anew otherwise.
    """
    return _compiled(function, numba.njit(nogil=True))


def bare_kernel(function: Callable[ParametersT, ResultT]) -> Callable[ParametersT, ResultT]:
    """Compile a function that makes no arrays: it counts no references, so calls cost less."""
    options: dict[str, Any] = {"nogil": True, "_nrt": False}
    return _compiled(function, numba.njit(**options))


def inlined_kernel(function: Callable[ParametersT, ResultT]) -> Callable[ParametersT, ResultT]:
    """Compile a small function that makes no arrays so that its callers contain it."""
    options: dict[str, Any] = {"nogil": True, "_nrt": False, "forceinline": True}
    return _compiled(function, numba.njit(**options))


def _compiled(
    function: Callable[ParametersT, ResultT], compiler: Callable[[Any], Any]
) -> Callable[ParametersT, ResultT]:
    compiled: Any = compiler(function)
    if isinstance(compiled, Dispatcher) and _can_be_cached(function):
        _set_cache(compiled, function)
    return cast("Callable[ParametersT, ResultT]", compiled)


def _set_cache(compiled: Any, function: Callable[..., object]) -> None:  # noqa: ANN401
    build: Any = _KernelCache
    compiled._cache = build(function)  # noqa: SLF001


def _can_be_cached(function: Callable[..., object]) -> bool:
    file = inspect.getfile(function)
    locators: list[Any] = _Implementation._locator_classes  # noqa: SLF001
    return any(locator.from_function(function, file) is not None for locator in locators)
