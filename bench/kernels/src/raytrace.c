// Spheres over a plane with shadows and one reflection, n x n pixels: f64 vectors, square roots, branches.
#include "kernel.h"
typedef struct { double x, y, z; } vec;
typedef struct { vec centre; double radius, shade; } sphere;
static const sphere spheres[5] = {
    {{0, 0, 6}, 1.5, 0.9}, {{2, -0.5, 5}, 0.9, 0.7}, {{-2, 0.4, 5}, 1, 0.8}, {{0.5, 1.8, 4.5}, 0.6, 1}, {{-0.7, -1, 3.5}, 0.4, 0.6}};

static inline vec sub(vec a, vec b) { return (vec){a.x - b.x, a.y - b.y, a.z - b.z}; }
static inline vec along(vec o, vec d, double t) { return (vec){o.x + d.x * t, o.y + d.y * t, o.z + d.z * t}; }
static inline double dot(vec a, vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline vec unit(vec a) { double k = 1 / __builtin_sqrt(dot(a, a)); return (vec){a.x * k, a.y * k, a.z * k}; }

static NOINLINE int nearest(vec o, vec d, double *t) {
    int hit = -1;
    for (int i = 0; i < 5; i++) {
        vec oc = sub(o, spheres[i].centre);
        double b = dot(oc, d), c = dot(oc, oc) - spheres[i].radius * spheres[i].radius, disc = b * b - c;
        if (disc <= 0) continue;
        double root = -b - __builtin_sqrt(disc);
        if (root > 1e-4 && root < *t) { *t = root; hit = i; }
    }
    if (d.y < -1e-9) {
        double floor = (-2 - o.y) / d.y;
        if (floor > 1e-4 && floor < *t) { *t = floor; hit = 5; }
    }
    return hit;
}

static double trace(vec o, vec d, int depth) {
    double t = 1e9;
    int hit = nearest(o, d, &t);
    if (hit < 0) return 0.2 + 0.3 * (d.y + 1);
    vec p = along(o, d, t), light = unit((vec){-0.5, 0.9, -0.6});
    vec normal = hit == 5 ? (vec){0, 1, 0} : unit(sub(p, spheres[hit].centre));
    double shade = hit == 5 ? (((int)__builtin_floor(p.x) + (int)__builtin_floor(p.z)) & 1 ? 0.9 : 0.3) : spheres[hit].shade;
    double far = 1e9, lit = dot(normal, light);
    if (lit < 0 || nearest(p, light, &far) >= 0) lit = 0;
    double colour = shade * (0.15 + 0.85 * lit);
    if (depth > 0 && hit < 5) colour = 0.7 * colour + 0.3 * trace(p, along(d, normal, -2 * dot(d, normal)), depth - 1);
    return colour;
}

RUN {
    double sum = 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++)
            sum += trace((vec){0, 0, 0}, unit((vec){(x - n / 2.0) / n, (n / 2.0 - y) / n, 0.7}), 2);
    return sum;
}
