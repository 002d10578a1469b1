"""Float arithmetic on attributes of lists: five bodies, many steps."""
import sys
import time

PI = 3.14159265358979323
SOLAR_MASS = 4 * PI * PI
DAYS = 365.24


def bodies():
    return [
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], SOLAR_MASS),
        ([4.84143144246472090, -1.16032004402742839, -0.103622044471123109],
         [0.00166007664274403694 * DAYS, 0.00769901118419740425 * DAYS, -0.0000690460016972063023 * DAYS],
         0.000954791938424326609 * SOLAR_MASS),
        ([8.34336671824457987, 4.12479856412430479, -0.403523417114321381],
         [-0.00276742510726411410 * DAYS, 0.00499852801234917238 * DAYS, 0.0000230417297573763929 * DAYS],
         0.000285885980666130812 * SOLAR_MASS),
        ([12.8943695621391310, -15.1111514016986312, -0.223307578892655734],
         [0.00296460137564761618 * DAYS, 0.00237847173959480950 * DAYS, -0.0000296589568540237556 * DAYS],
         0.0000436624404335156298 * SOLAR_MASS),
        ([15.3796971148509165, -25.9193146099879641, 0.179258772950371181],
         [0.00268067772490389322 * DAYS, 0.00162824170038242295 * DAYS, -0.0000951592254519715870 * DAYS],
         0.0000515138902046611451 * SOLAR_MASS),
    ]


def advance(system, pairs, dt, steps):
    for _ in range(steps):
        for ((p, v, m), (q, w, k)) in pairs:
            dx, dy, dz = p[0] - q[0], p[1] - q[1], p[2] - q[2]
            mag = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            b, c = k * mag, m * mag
            v[0] -= dx * b
            v[1] -= dy * b
            v[2] -= dz * b
            w[0] += dx * c
            w[1] += dy * c
            w[2] += dz * c
        for (p, v, _) in system:
            p[0] += dt * v[0]
            p[1] += dt * v[1]
            p[2] += dt * v[2]


start = time.perf_counter()
system = bodies()
pairs = [(a, b) for i, a in enumerate(system) for b in system[i + 1:]]
advance(system, pairs, 0.01, int(sys.argv[1]) if len(sys.argv) > 1 else 25_000)
print(" ".join(f"{x:.9f}" for p, _, _ in system for x in p))
print(f"seconds {time.perf_counter() - start:.3f}", file=sys.stderr)
