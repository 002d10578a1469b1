// Doubly recursive Fibonacci: direct calls and little else.
#include "kernel.h"

static NOINLINE int fib(int n) {
    if (n < 2) return n;
    int first = fib(n - 1);
    return first + fib(n - 2);
}

RUN { return fib(n); }
