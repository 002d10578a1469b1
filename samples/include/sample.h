// What the samples share and no guest needs: sizes from the command line, repeatable numbers, and the answer line.
#ifndef SAMPLE_H
#define SAMPLE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// Argument `index` as a number between two limits, or a value when it is not there.
static inline uint32_t sample_size(
    int argc, char **argv, int index, uint32_t otherwise, uint32_t smallest, uint32_t largest) {
    if (argc <= index) return otherwise;
    char *end;
    unsigned long long value = strtoull(argv[index], &end, 10);
    if (*end == 0 && end != argv[index] && value >= smallest && value <= largest) return (uint32_t)value;
    fprintf(stderr, "argument %d is '%s': give a number from %u to %u\n", index, argv[index], smallest, largest);
    exit(2);
}

// Memory for `count` elements, aligned for the widest access of a kernel.
static inline void *sample_alloc(size_t count, size_t size) {
    size_t bytes;
    void *memory = __builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - 256
        ? NULL
        : aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (memory != NULL) return memory;
    fprintf(stderr, "no memory for %zu elements of %zu bytes\n", count, size);
    exit(2);
}

// The n-th of a sequence of well-mixed numbers (splitmix64).
static inline uint32_t sample_bits(uint64_t n) {
    uint64_t z = (n + 1) * 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return (uint32_t)((z ^ z >> 31) >> 32);
}

// The n-th of a sequence of numbers in [-1, 1).
static inline float sample_float(uint64_t n) { return (float)(int32_t)sample_bits(n) * 0x1p-31f; }

// Fills an array with such numbers, other ones for each seed.
static inline float *sample_floats(size_t count, uint64_t seed) {
    float *values = (float *)sample_alloc(count, sizeof(float));
    for (size_t i = 0; i < count; i++) values[i] = sample_float(seed << 40 | i);
    return values;
}

// How much of a large answer is checked: all of it where that takes at most `budget` steps, otherwise every n-th part.
static inline size_t sample_stride(double parts, double steps_of_part, double budget) {
    double all = parts * steps_of_part;
    return all <= budget ? 1 : (size_t)(all / budget) + 1;
}

// The largest difference that was found, and where.
typedef struct sample_worst {
    double error, allowed;
    size_t at;
} sample_worst;

// Compares a number with the right one; `scale` is the size that an error is measured by. What is not a number stays
// the worst.
static inline void sample_compare(sample_worst *worst, size_t at, double value, double right, double scale) {
    double error = fabs(value - right) / scale;
    if (!(error <= worst->error) && !isnan(worst->error)) *worst = (sample_worst){error, worst->allowed, at};
}

// Prints the answer line of a computation with tolerance; the exit status.
static inline int sample_verdict(const char *name, const char *what, sample_worst worst) {
    int right = worst.error <= worst.allowed;
    printf("%s: %s: largest relative error %.1e, allowed %.0e: ", name, what, worst.error, worst.allowed);
    if (right) puts("right");
    else printf("WRONG at %zu\n", worst.at);
    return !right;
}

// The same for a computation that must be exact.
static inline int sample_exact(const char *name, const char *what, size_t wrong) {
    if (wrong == 0) printf("%s: %s: all exact: right\n", name, what);
    else printf("%s: %s: %zu differ: WRONG\n", name, what, wrong);
    return wrong != 0;
}

#endif
