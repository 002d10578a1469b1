// Sorts n random u32: unpredictable branches, swaps, recursion on the smaller part.
#include "kernel.h"
static u32 values[1 << 21];

static void sort(u32 *a, int left, int right) {
    while (left < right) {
        u32 pivot = a[(left + right) / 2];
        int i = left, j = right;
        while (i <= j) {
            while (a[i] < pivot) i++;
            while (a[j] > pivot) j--;
            if (i <= j) { u32 t = a[i]; a[i] = a[j]; a[j] = t; i++; j--; }
        }
        if (j - left < right - i) { sort(a, left, j); left = i; }
        else { sort(a, i, right); right = j; }
    }
}

RUN {
    random_state = 12345;
    for (int i = 0; i < n; i++) values[i] = random_u32();
    sort(values, 0, n - 1);
    double sum = 0;
    for (int i = 0; i < n; i += 97) sum += values[i] * (double)(i & 7);
    return sum;
}
