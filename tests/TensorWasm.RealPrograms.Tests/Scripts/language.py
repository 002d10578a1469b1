"""Features of the language: classes, closures, generators, exceptions, comprehensions, pattern matching, async."""
from dataclasses import dataclass, field


@dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, compare=False)

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


def describe(value):
    match value:
        case Point(x=0, y=0):
            return "origin"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case [first, *rest]:
            return f"list {first} {len(rest)}"
        case {"name": str(name)}:
            return f"name {name}"
        case _:
            return "other"


def walk(tree):
    if isinstance(tree, (list, tuple)):
        for item in tree:
            yield from walk(item)
    else:
        received = yield tree
        if received:
            yield received


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


class Resource:
    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, kind, error, trace):
        print("exit", kind.__name__ if kind else None)
        return kind is KeyError


class Ready:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        sent = yield self.value
        return self.value + sent


async def total(n):
    return sum([await Ready(i) async for i in numbers(n)])


async def numbers(n):
    for i in range(n):
        await Ready(0)
        yield i


print(sorted([Point(2, 1), Point(1, 5), Point(1, 2)]), Point(1, 2) + Point(3, 4))
print([describe(v) for v in (Point(0), Point(3, 3), [1, 2, 3], {"name": "n"}, 7)])
print(list(walk([1, [2, (3, [4, 5])], 6])))
with Resource():
    {}["missing"]
try:
    with Resource():
        raise ValueError("seen")
except ValueError as error:
    print(error, error.__traceback__ is not None)
try:
    raise ExceptionGroup("group", [TypeError(1), ValueError(2)])
except* ValueError as group:
    print("values", group.exceptions)
except* TypeError as group:
    print("types", group.exceptions)
print(deep(500))
try:
    deep(10 ** 6)
except RecursionError as error:
    print("RecursionError")
coroutine = total(4)
seen = [coroutine.send(None)]
try:
    while True:
        seen.append(coroutine.send(len(seen)))
except StopIteration as done:
    print(seen, done.value)
print({k: v for k, v in zip("abc", range(3))}, {x % 3 for x in range(10)}, f"{3.14159:>10.2f}|{255:#x}|{'é':^5}")
print(type("Made", (Point,), {"z": 1})(1).z, [*range(3), *"ab"], (lambda *a, **k: (a, k))(1, b=2))
