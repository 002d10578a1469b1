"""Dictionaries, strings, sorting, JSON, hashing and compression: what a service does all day."""
import collections
import hashlib
import json
import sys
import time
import zlib

start = time.perf_counter()
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
digest = hashlib.sha256()
state = 12345
for round_ in range(rounds):
    rows = []
    for i in range(1500):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        rows.append({"id": i, "name": f"user-{state % 997:03d}", "score": state / 65536, "tags": [str(state >> s & 7) for s in (3, 9)]})
    text = json.dumps(rows)
    back = json.loads(text)
    groups = collections.defaultdict(list)
    for row in back:
        groups[row["name"]].append(row["score"])
    best = sorted(((max(v), k) for k, v in groups.items()), reverse=True)[:20]
    words = collections.Counter(t for row in back for t in row["tags"])
    digest.update(repr((best, sorted(words.items()))).encode())
    digest.update(zlib.compress(text.encode()[:20000], 6))
print(digest.hexdigest())
print(f"seconds {time.perf_counter() - start:.3f}", file=sys.stderr)
