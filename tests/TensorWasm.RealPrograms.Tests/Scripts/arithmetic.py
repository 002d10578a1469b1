"""Arithmetic whose last digits tell: floats, their printing, big integers, mathematical functions."""
import cmath
import math

state = 12345
values = []
for _ in range(300):
    state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
    values.append(math.ldexp(state / 2 ** 64 - 0.5, state % 120 - 60))
print([repr(v) for v in values[:60]])
print(math.fsum(values), sum(values), max(values), min(values))
print([f"{v:.3e} {v:g} {v:.10f}" for v in values[60:80]])
print([round(v, 3) for v in values[80:120]], [v.hex() for v in values[120:130]])
print(float("1e-320"), float("2.2250738585072011e-308"), 5e-324 / 2, 1.7976931348623157e308 * 10, float("nan"))
print([math.floor(v) for v in values[130:140]], [divmod(v, 0.7) for v in values[140:145]], [v % -3 for v in values[145:150]])
print(math.sqrt(2), math.hypot(3, 4), math.gcd(2 ** 100, 6 ** 50), math.isqrt(10 ** 61), math.comb(100, 50), math.nextafter(1, 2))
print([int(x) for x in (1e22, -1.5, 2 ** 70 + 0.0)], 7 // -2, -7 % 3, (-8) ** 3, 1 << 100 >> 98)
x, y = 3 ** 500, 7 ** 301
print(x * y, x // y, x % y, pow(x, y, 10 ** 40 + 7), (x ^ y) & (x | 12345), x.bit_length())
print(str(2 ** 3000)[:60], int("123456789" * 30) ** 2 % 10 ** 30, (10 ** 50).to_bytes(22, "little").hex())
print(complex(1, 2) * complex(3, -1), abs(complex(3, 4)), cmath.sqrt(-4), (1 + 2j) / (3 - 4j))
print(sorted(values)[:5], sorted(values, key=abs)[-5:])
