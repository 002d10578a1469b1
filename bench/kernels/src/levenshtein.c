// Edit distance of two strings of 4,000 bytes, n times: dynamic programming with minima.
#include "kernel.h"
enum { Length = 4000 };
static u8 a[Length], b[Length];
static u32 row[Length + 1];

RUN {
    random_state = 41;
    for (int i = 0; i < Length; i++) { a[i] = (u8)(random_u32() >> 29); b[i] = (u8)(random_u32() >> 29); }
    double sum = 0;
    for (int round = 0; round < n; round++) {
        a[round % Length] ^= 3;
        for (u32 j = 0; j <= Length; j++) row[j] = j;
        for (u32 i = 1; i <= Length; i++) {
            u32 diagonal = row[0];
            row[0] = i;
            for (u32 j = 1; j <= Length; j++) {
                u32 above = row[j];
                u32 best = diagonal + (a[i - 1] != b[j - 1]);
                if (above + 1 < best) best = above + 1;
                if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
                row[j] = best;
                diagonal = above;
            }
        }
        sum += row[Length];
    }
    return sum;
}
