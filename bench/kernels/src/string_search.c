// Horspool and naive search for patterns in 1 MiB of text.
#include "kernel.h"
enum { Size = 1 << 20 };
static u8 text[Size];

static NOINLINE int horspool(const u8 *pattern, int m) {
    int skip[256], found = 0;
    for (int i = 0; i < 256; i++) skip[i] = m;
    for (int i = 0; i < m - 1; i++) skip[pattern[i]] = m - 1 - i;
    for (int i = 0; i + m <= Size; i += skip[text[i + m - 1]]) {
        int k = m - 1;
        while (k >= 0 && text[i + k] == pattern[k]) k--;
        found += k < 0;
    }
    return found;
}

static NOINLINE int naive(const u8 *pattern, int m) {
    int found = 0;
    for (int i = 0; i + m <= Size; i++) {
        int k = 0;
        while (k < m && text[i + k] == pattern[k]) k++;
        found += k == m;
    }
    return found;
}

RUN {
    random_state = 23;
    for (int i = 0; i < Size; i++) text[i] = (u8)("etaoinsh"[random_u32() >> 29]);
    double sum = 0;
    for (int round = 0; round < n; round++) {
        const u8 *pattern = text + round * 7919 % (Size - 64);
        sum += horspool(pattern, 8 + round % 8) * 3 + naive(pattern, 6);
    }
    return sum;
}
