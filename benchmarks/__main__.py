"""`python -m benchmarks run` and `python -m benchmarks compare BASE HEAD`."""

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path

import attrs

from benchmarks import booking, search, storage
from benchmarks.measure import Figure

SUITES = {"search": search.figures, "booking": booking.figures, "storage": storage.figures}
OUTPUT = Path("build/bench")


def main() -> int:
    """Run the suites that were asked for, or compare two files of figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="measure and write a JSON file")
    run.add_argument("suites", nargs="*", choices=[[], *SUITES], help="all suites unless some are named")
    compare = commands.add_parser("compare", help="show the ratios of two JSON files")
    compare.add_argument("base", type=Path)
    compare.add_argument("head", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "compare":
        show_ratios(arguments.base, arguments.head)
    else:
        measure(arguments.suites or list(SUITES))
    return 0


def measure(suites: list[str]) -> None:
    """Run suites, print each one's table and write all figures as JSON."""
    figures: list[Figure] = []
    for name in suites:
        print(f"\n## {name}\n", flush=True)
        found = SUITES[name]()
        figures += found
        show_table(found)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the git that made the checkout
        capture_output=True,
        text=True,
        check=False,
    )
    about = {"commit": commit.stdout.strip() or "unknown", "python": platform.python_version()}
    about["machine"] = platform.machine()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    file = OUTPUT / f"{about['commit']}.json"
    file.write_text(
        json.dumps({**about, "figures": [attrs.asdict(each) for each in figures]}, indent=1) + "\n"
    )
    print(f"\nwritten to {file}")


def show_table(figures: list[Figure]) -> None:
    """Markdown: a row per workload and contestant, with the ratio to the first contestant of that workload."""
    print("| workload | contestant | median | least to most | ratio |")
    print("|---|---|---:|---:|---:|")
    first: dict[str, float] = {}
    for each in figures:
        base = first.setdefault(each.workload, each.median)
        spread = f"{each.least:.3g}-{each.most:.3g}"
        print(
            f"| {each.workload} | {each.contestant} | {each.median:.3g} {each.unit} | {spread} "
            f"| {each.median / base:.2f} |"
        )


def show_ratios(base: Path, head: Path) -> None:
    """Head against base, figure by figure."""
    before = {(f["workload"], f["contestant"]): f for f in json.loads(base.read_text())["figures"]}
    print(f"| workload | contestant | {base.stem} | {head.stem} | ratio |")
    print("|---|---|---:|---:|---:|")
    for figure in json.loads(head.read_text())["figures"]:
        was = before.get((figure["workload"], figure["contestant"]))
        if was is not None:
            ratio = figure["median"] / was["median"]
            unit, name = figure["unit"], f"{figure['workload']} | {figure['contestant']}"
            print(f"| {name} | {was['median']:.3g} {unit} | {figure['median']:.3g} {unit} | {ratio:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
