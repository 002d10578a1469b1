// Shared by the kernels: fixed-width names, a generator of repeatable numbers, and the one export's name.
#pragma once
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char i8;
typedef int i32;
typedef long long i64;

// Each module exports `run(n)`: does n units of work and returns a checksum that depends on all of it.
#define RUN __attribute__((export_name("run"))) double run(int n)
#define NOINLINE __attribute__((noinline))

static u32 random_state = 12345;

static inline u32 random_u32(void) {
    random_state = random_state * 1664525u + 1013904223u;
    return random_state;
}
