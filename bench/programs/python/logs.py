"""Regular expressions, splitting and formatting over generated log lines."""
import re
import sys
import time

start = time.perf_counter()
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 12
line = re.compile(r'^(?P<host>\d+\.\d+\.\d+\.\d+) - (\w+|-) \[(?P<when>[^\]]+)\] "(?P<verb>GET|PUT|POST) (?P<path>/\S*) HTTP/1\.[01]" (\d{3}) (\d+)$')
word = re.compile(r"[a-z]+(?:ing|ed|s)\b", re.IGNORECASE)
state, total, paths = 99, 0, {}
for _ in range(rounds):
    lines = []
    for i in range(2000):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        lines.append(f'{state >> 24}.{state >> 16 & 255}.0.{i & 255} - {"-" if state & 64 else "alice"} [21/Nov/2026:10:{i % 60:02d}:00 +0000] '
                     f'"{("GET", "PUT", "POST")[state % 3]} /items/{state >> 20}?sorted=keys&listing=named HTTP/1.1" {200 + state % 5} {state >> 10}')
    for text in lines:
        found = line.match(text)
        total += int(found.group(7))
        key = re.sub(r"\d+", "#", found["path"])
        paths[key] = paths.get(key, 0) + 1
        total += len(word.findall(text)) + len("|".join(text.split("/")[::-1]).upper())
print(total, paths)
print(f"seconds {time.perf_counter() - start:.3f}", file=sys.stderr)
