// Encodes and decodes 64 KiB, n times: byte loads, table look-ups, byte stores.
#include "kernel.h"
enum { Size = 3 * 21845 };
static u8 plain[Size], coded[Size / 3 * 4], back[Size], reverse[256];
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

RUN {
    random_state = 99;
    for (int i = 0; i < Size; i++) plain[i] = (u8)(random_u32() >> 24);
    for (int i = 0; i < 64; i++) reverse[(u8)alphabet[i]] = (u8)i;
    u32 sum = 0;
    for (int round = 0; round < n; round++) {
        plain[round % Size]++;
        for (int i = 0, o = 0; i < Size; i += 3, o += 4) {
            u32 w = plain[i] << 16 | plain[i + 1] << 8 | plain[i + 2];
            coded[o] = alphabet[w >> 18]; coded[o + 1] = alphabet[w >> 12 & 63];
            coded[o + 2] = alphabet[w >> 6 & 63]; coded[o + 3] = alphabet[w & 63];
        }
        for (int i = 0, o = 0; o < Size; i += 4, o += 3) {
            u32 w = reverse[coded[i]] << 18 | reverse[coded[i + 1]] << 12 | reverse[coded[i + 2]] << 6 |
                    reverse[coded[i + 3]];
            back[o] = (u8)(w >> 16); back[o + 1] = (u8)(w >> 8); back[o + 2] = (u8)w;
        }
        for (int i = 0; i < Size; i += 31) sum = sum * 31 + back[i] + coded[i];
    }
    return sum;
}
