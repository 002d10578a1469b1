// memory.copy and memory.fill of sizes from 16 bytes to 1 MiB, overlapping and not.
#include "kernel.h"
enum { Size = 1 << 21 };
static u8 buffer[Size + 64];

RUN {
    for (int i = 0; i < Size; i++) buffer[i] = (u8)(i * 7);
    u32 sum = 0;
    for (int round = 0; round < n; round++) {
        for (u32 length = 16; length <= 1 << 20; length <<= 2) {
            u32 times = length < 4096 ? 64 : 1;
            for (u32 k = 0; k < times; k++) {
                u32 from = (round * 4099u + k * 129) % (Size - length), to = (round * 8191u + k * 65) % (Size - length);
                __builtin_memmove(buffer + to, buffer + from, length);
                __builtin_memset(buffer + from, (int)(round + k), length >> 3);
            }
        }
        sum = sum * 31 + buffer[round * 97u % Size];
    }
    return sum;
}
