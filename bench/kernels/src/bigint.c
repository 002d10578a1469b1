// Digits of 2^k and factorials by schoolbook arithmetic on 32-bit limbs: i64 multiply, add with carry, divide.
#include "kernel.h"
enum { Limbs = 1024 };
static u32 number[Limbs], other[Limbs], product[2 * Limbs];

static NOINLINE int multiply(const u32 *a, int la, const u32 *b, int lb, u32 *r) {
    for (int i = 0; i < la + lb; i++) r[i] = 0;
    for (int i = 0; i < la; i++) {
        u64 carry = 0;
        for (int j = 0; j < lb; j++) {
            u64 t = (u64)a[i] * b[j] + r[i + j] + carry;
            r[i + j] = (u32)t;
            carry = t >> 32;
        }
        r[i + lb] = (u32)carry;
    }
    int length = la + lb;
    while (length > 1 && r[length - 1] == 0) length--;
    return length;
}

static NOINLINE u32 divide_small(u32 *a, int length, u32 by) {
    u64 rest = 0;
    for (int i = length - 1; i >= 0; i--) {
        rest = rest << 32 | a[i];
        a[i] = (u32)(rest / by);
        rest %= by;
    }
    return (u32)rest;
}

RUN {
    double sum = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < Limbs; i++) { number[i] = 0x9e3779b9u * (u32)(i + 1 + round); other[i] = ~number[i] ^ (u32)i; }
        int length = multiply(number, Limbs, other, Limbs, product);
        for (int i = 0; i < 60; i++) sum += divide_small(product, length, 1000000007u - (u32)i);
    }
    return sum;
}
