"""Run every benchmark beside its peers and write the tables to bench-output/.

Each peer lives in an environment of its own under .bench/, made from a hash-pinned list in
benchmarks/peers/. All programs of one benchmark run one after the other on the same data, so that
the ratios hold whatever the machine. Use: `make bench`, or `python benchmarks/run.py options ahp`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
OUTPUT = ROOT / "bench-output"


def peer_python(name: str) -> str:
    """Return the interpreter of a peer's environment, made on first use."""
    folder = ROOT / ".bench" / name
    python = folder / "bin" / "python"
    wanted = (HERE / "peers" / f"{name}.txt").read_text("utf-8")
    stamp = folder / "made-from.txt"
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        uv = os.environ.get("UV") or "uv"
        subprocess.run([uv, "venv", "--quiet", "--clear", str(folder)], check=True)
        subprocess.run(
            [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes",
             str(HERE / "peers" / f"{name}.txt")],
            check=True,
        )  # fmt: skip
        stamp.write_text(wanted, "utf-8")
    return str(python)


def measured(python: str, program: str, *arguments: object) -> dict[str, Any]:
    """Run one program of a benchmark and return the JSON object it prints."""
    run = subprocess.run(
        [python, str(HERE / program), *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(r) for r in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def write(name: str, title: str, text: str) -> None:
    """Print a result and keep it."""
    OUTPUT.mkdir(exist_ok=True)
    whole = f"# {title}\n\n{text}\n"
    (OUTPUT / f"{name}.md").write_text(whole, "utf-8")
    print(whole, flush=True)


def main() -> None:
    """Run the benchmarks named on the command line, or all of them."""
    sys.path.insert(0, str(HERE))
    names = sys.argv[1:] or sorted(path.name for path in HERE.iterdir() if path.is_dir())
    for name in names:
        if name in {"peers", "__pycache__"}:
            continue
        module = __import__(f"{name}.bench", fromlist=["run"])
        with tempfile.TemporaryDirectory() as folder:
            module.run(Path(folder))


if __name__ == "__main__":
    main()
