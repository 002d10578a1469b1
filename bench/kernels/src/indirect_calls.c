// n calls through a table of four functions.
#include "kernel.h"
typedef double (*function)(double);
static double add(double x) { return x + 1; }
static double halve(double x) { return x * 0.5; }
static double subtract(double x) { return x - 3; }
static double negate(double x) { return -x; }
static function volatile table[4] = {add, halve, subtract, negate};

RUN {
    double x = 1;
    for (int i = 0; i < n; i++) x = table[i & 3](x);
    return x;
}
