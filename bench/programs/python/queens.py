"""Recursion, generators and sets: all placements of queens."""
import sys
import time


def queens(n, row, columns, up, down):
    if row == n:
        yield ()
        return
    for column in range(n):
        if column in columns or row + column in up or row - column in down:
            continue
        for rest in queens(n, row + 1, columns | {column}, up | {row + column}, down | {row - column}):
            yield (column, *rest)


start = time.perf_counter()
n = int(sys.argv[1]) if len(sys.argv) > 1 else 11
found = list(queens(n, 0, frozenset(), frozenset(), frozenset()))
print(len(found), found[0], sum(sum(i * c for i, c in enumerate(p)) for p in found))
print(f"seconds {time.perf_counter() - start:.3f}", file=sys.stderr)
