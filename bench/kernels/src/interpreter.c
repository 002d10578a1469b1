// A stack machine of 16 instructions runs a prime-counting program: one big switch, hard to predict.
#include "kernel.h"
enum { Push, Load, Store, Add, Sub, Mul, Mod, Less, Equal, Jump, JumpIfZero, Dup, Drop, Increment, And, Halt };
static i32 variables[16], stack[64];
static u32 executed;

static NOINLINE i32 execute(const i32 *code) {
    i32 *sp = stack;
    const i32 *pc = code;
    u32 steps = 0;
    for (;;) {
        steps++;
        switch (*pc++) {
        case Push: *sp++ = *pc++; break;
        case Load: *sp++ = variables[*pc++]; break;
        case Store: variables[*pc++] = *--sp; break;
        case Add: sp--; sp[-1] += *sp; break;
        case Sub: sp--; sp[-1] -= *sp; break;
        case Mul: sp--; sp[-1] *= *sp; break;
        case Mod: sp--; sp[-1] %= *sp; break;
        case Less: sp--; sp[-1] = sp[-1] < *sp; break;
        case Equal: sp--; sp[-1] = sp[-1] == *sp; break;
        case Jump: pc = code + *pc; break;
        case JumpIfZero: pc = *--sp ? pc + 1 : code + *pc; break;
        case Dup: *sp = sp[-1]; sp++; break;
        case Drop: sp--; break;
        case Increment: variables[*pc++]++; break;
        case And: sp--; sp[-1] &= *sp; break;
        case Halt: executed += steps; return variables[2];
        }
    }
}

RUN {
    // i = 2; primes = 0; while (i < n) { d = 2; while (d * d <= i) { if (i % d == 0) goto next; d++; } primes++; next: i++; }
    i32 code[] = {
        /*  0 */ Push, 2, Store, 0, Push, 0, Store, 2,
        /*  8 */ Load, 0, Push, n, Less, JumpIfZero, 47,
        /* 15 */ Push, 2, Store, 1,
        /* 19 */ Load, 0, Load, 1, Dup, Mul, Less, JumpIfZero, 32,
        /* 28 */ Increment, 2, Jump, 43,
        /* 32 */ Load, 0, Load, 1, Mod, JumpIfZero, 43,
        /* 39 */ Increment, 1, Jump, 19,
        /* 43 */ Increment, 0, Jump, 8,
        /* 47 */ Halt};
    executed = 0;
    i32 primes = execute(code);
    return primes + executed / 4096.0;
}
