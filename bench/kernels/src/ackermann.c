// Ackermann(3, n) and a pair of mutually recursive functions: deep stacks of small frames.
#include "kernel.h"

static NOINLINE int ackermann(int m, int n) {
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

static int odd_sum(int n);
static NOINLINE int even_sum(int n) { return n <= 0 ? 0 : 1 + odd_sum(n - 1) + (n & 1); }
static NOINLINE int odd_sum(int n) { return n <= 0 ? 1 : 2 + even_sum(n - 2); }

RUN {
    double sum = ackermann(3, n);
    for (int i = 0; i < 20000; i++) sum += even_sum(i & 1023);
    return sum;
}
