"""Run the command line as a user does, in a folder, and read all that comes back."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipfinance import cli


@dataclass(frozen=True)
class Done:
    """What a run of the command line left behind."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        """Return stdout as JSON; anything beside it fails."""
        return json.loads(self.stdout)


def invoke(arguments: Sequence[object], folder: Path) -> Done:
    """Run `ipfinance` with arguments in a folder."""
    out, err = io.StringIO(), io.StringIO()
    words = ["ipfinance", *map(str, arguments)]
    kept_words, kept_folder, kept_hook = sys.argv, Path.cwd(), sys.excepthook
    code = 0
    try:
        sys.argv = words
        os.chdir(folder)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        sys.argv = kept_words
        os.chdir(kept_folder)
        sys.excepthook = kept_hook
    return Done(code, out.getvalue(), err.getvalue())
