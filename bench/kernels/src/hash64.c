// FNV-like hash with a rotate over 4 KiB, n times: i64 multiply chains fed by byte loads.
#include "kernel.h"
static u8 text[4096];

RUN {
    random_state = 7;
    for (int i = 0; i < 4096; i++) text[i] = (u8)(random_u32() >> 24);
    u64 h = 1469598103934665603ull;
    for (int round = 0; round < n; round++)
        for (int i = 0; i < 4096; i++) {
            h ^= text[i];
            h *= 1099511628211ull;
            h = (h << 13) | (h >> 51);
        }
    return (double)(h >> 20);
}
