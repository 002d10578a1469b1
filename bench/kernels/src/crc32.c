// CRC-32 of 1 MiB, n times, four tables at once: dependent look-ups.
#include "kernel.h"
enum { Size = 1 << 20 };
static u32 table[4][256];
static u8 data[Size];

RUN {
    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[0][i] = c;
    }
    for (u32 i = 0; i < 256; i++)
        for (int t = 1; t < 4; t++) table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 255];
    random_state = 5;
    for (int i = 0; i < Size; i++) data[i] = (u8)(random_u32() >> 24);
    u32 crc = 0;
    for (int round = 0; round < n; round++) {
        crc = ~crc;
        for (int i = 0; i < Size; i += 4) {
            crc ^= data[i] | data[i + 1] << 8 | data[i + 2] << 16 | (u32)data[i + 3] << 24;
            crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^ table[0][crc >> 24];
        }
        crc = ~crc;
    }
    return crc;
}
