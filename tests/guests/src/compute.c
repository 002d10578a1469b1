// Library code: printf of every kind of number, qsort, strtod, malloc and realloc of many sizes.
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(void) {
    printf("%d %u %lld %llx %o %c %s %5d|%-5d|%05d\n", -1, 4000000000u, INT64_MIN, UINT64_MAX, 8, 'c', "text", 42, 42, 42);
    printf("%.17g %.17g %a %g %g %g\n", 0.1, DBL_MAX, 1.5, 1e100, (double)INFINITY, -0.0);
    printf("%.10f %.10f %.10f %.10f\n", sin(1), exp(1), pow(2, 0.5), log(10));
    printf("%.17g %.17g\n", strtod("2.2250738585072011e-308", NULL), strtod("123456789012345678901234567890", NULL));

    uint32_t *values = malloc(100000 * sizeof *values), state = 1;
    for (int i = 0; i < 100000; i++) values[i] = state = state * 1664525u + 1013904223u;
    qsort(values, 100000, sizeof *values, ascending);
    for (int i = 1; i < 100000; i++) if (values[i - 1] > values[i]) return 1;
    printf("sorted %u %u %u\n", values[0], values[50000], values[99999]);

    char *text = NULL;
    size_t length = 0;
    for (int i = 0; i < 5000; i++) {
        text = realloc(text, length + 8);
        length += (size_t)sprintf(text + length, "%d,", i);
    }
    uint64_t hash = 14695981039346656037ull;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)text[i]) * 1099511628211ull;
    printf("text %zu %016llx\n", length, (unsigned long long)hash);
    return 0;
}
