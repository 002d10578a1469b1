// Primes below four million, n times over: byte stores with a stride.
#include "kernel.h"
enum { Limit = 4000000 };
static u8 prime[Limit];

RUN {
    int count = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < Limit; i++) prime[i] = 1;
        for (int i = 2; i < Limit; i++) {
            if (!prime[i]) continue;
            count++;
            for (int j = i * 2; j < Limit; j += i) prime[j] = 0;
        }
    }
    return count;
}
