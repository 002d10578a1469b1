"""The standard library: text, data formats, compression, hashing, dates, files, databases."""
import base64
import bisect
import collections
import csv
import datetime
import decimal
import difflib
import fractions
import functools
import hashlib
import heapq
import io
import itertools
import json
import random
import re
import sqlite3
import statistics
import string
import struct
import textwrap
import unicodedata
import urllib.parse
import xml.etree.ElementTree as tree
import zlib

print(json.dumps({"a": [1, 2.5, None, True, "é\n"], "b": {"c": []}}, sort_keys=True, indent=1))
print(json.loads('{"x": [1e3, -0.5, "\\u00fc"]}'))
print(re.findall(r"(?P<w>\w+)@(\w+)\.com", "ann@home.com, bob@work.com"), re.sub(r"(\d+)", lambda m: str(int(m[1]) * 2), "a1b22"))
for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b"):
    print(name, hashlib.new(name, b"tensor").hexdigest())
data = b"".join(struct.pack("<Ihd", i, -i, i / 7) for i in range(100))
packed = zlib.compress(data, 9)
print(len(data), zlib.decompress(packed) == data, zlib.crc32(data), zlib.adler32(data), base64.b85encode(data[:20]))
print(collections.Counter("mississippi").most_common(2), collections.deque(range(5), maxlen=3))
print(datetime.datetime(2026, 11, 21, 7, 5, tzinfo=datetime.timezone.utc).isoformat(), datetime.date(2024, 2, 29) + datetime.timedelta(days=366))
print(datetime.datetime.strptime("2026-02-03 04:05", "%Y-%m-%d %H:%M").strftime("%d.%m.%y %j %A"))
print(decimal.Decimal(2).sqrt(decimal.Context(prec=50)), fractions.Fraction(355, 113) ** 3)
print(statistics.mean([1, 2, 4]), statistics.stdev([1, 2, 4]), statistics.median([3, 1, 2]))
print(list(itertools.combinations("abcd", 2))[:3], functools.reduce(lambda a, b: a * b, range(1, 20)))
heap = [5, 3, 8, 1]
heapq.heapify(heap)
print(heapq.nsmallest(2, heap), bisect.bisect([1, 3, 5], 4))
print(unicodedata.name("ß"), unicodedata.normalize("NFD", "é").encode(), "straße".upper(), "ÀÉ".casefold())
print(textwrap.fill("the quick brown fox jumps over the lazy dog " * 2, 30))
print("\n".join(difflib.unified_diff("a b c".split(), "a x c".split(), lineterm="")))
print(urllib.parse.parse_qs("a=1&b=%C3%BC"), string.Template("$x-$y").substitute(x=1, y=2))
out = io.StringIO()
csv.writer(out).writerows([["a", 'b "q"', 1], ["c,d", "", 2.5]])
print(repr(out.getvalue()), list(csv.DictReader(io.StringIO("k,v\n1,2\n"))))
root = tree.fromstring("<r a='1'><c>t</c><c/></r>")
print(root.attrib, [c.text for c in root.iter("c")], tree.tostring(root))
random.seed(42)
print([random.randrange(1000) for _ in range(5)], random.random(), random.sample(range(100), 4))
db = sqlite3.connect(":memory:")
db.execute("create table t (k integer primary key, v text)")
db.executemany("insert into t (v) values (?)", [(c * 3,) for c in "xyz"])
print(db.execute("select group_concat(v, '|'), sum(k), max(length(v)) from t").fetchall())
