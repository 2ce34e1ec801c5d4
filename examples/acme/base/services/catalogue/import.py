"""Imports prices from the supplier's daily file."""

import csv
import sys

LIMIT = 0.20


def suspicious(old: float, new: float) -> bool:
    """A price that moves by more than a fifth in a day is looked at first."""
    return old > 0 and abs(new - old) / old > LIMIT


def read(path: str) -> dict[str, float]:
    """Read article numbers and prices."""
    with open(path, newline="") as file:
        return {row["article"]: float(row["price"]) for row in csv.DictReader(file)}


if __name__ == "__main__":
    yesterday, today = read(sys.argv[1]), read(sys.argv[2])
    held = [a for a, price in today.items() if suspicious(yesterday.get(a, 0), price)]
    print(f"{len(today) - len(held)} prices taken, {len(held)} held back")
