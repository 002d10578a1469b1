// LZ77 with a hash table over text-like data, then unpacked and compared: matching loops and byte copies.
#include "kernel.h"
enum { Size = 1 << 18, Hash = 1 << 14 };
static u8 source[Size], packed[Size * 2], unpacked[Size];
static int heads[Hash];

static int compress(void) {
    int out = 0;
    for (int i = 0; i < Hash; i++) heads[i] = -1;
    for (int i = 0; i < Size;) {
        int length = 0, distance = 0;
        if (i + 4 <= Size) {
            u32 word = source[i] | source[i + 1] << 8 | source[i + 2] << 16 | (u32)source[i + 3] << 24;
            u32 h = word * 2654435761u >> 18;
            int candidate = heads[h];
            heads[h] = i;
            if (candidate >= 0 && i - candidate < 65536) {
                while (length < 130 && i + length < Size && source[candidate + length] == source[i + length]) length++;
                distance = i - candidate;
            }
        }
        if (length >= 4) {
            packed[out++] = (u8)(0x80 | (length - 4)); packed[out++] = (u8)distance; packed[out++] = (u8)(distance >> 8);
            i += length;
        } else {
            packed[out++] = source[i++] & 0x7f;
        }
    }
    return out;
}

static int decompress(int length) {
    int out = 0;
    for (int i = 0; i < length;) {
        u8 c = packed[i++];
        if (c < 0x80) { unpacked[out++] = c; continue; }
        int distance = packed[i] | packed[i + 1] << 8;
        i += 2;
        for (int k = (c & 0x7f) + 4; k > 0; k--, out++) unpacked[out] = unpacked[out - distance];
    }
    return out;
}

RUN {
    random_state = 3;
    for (int i = 0; i < Size;) {
        int word = random_u32() >> 24, length = 3 + word % 7;
        for (int k = 0; k < length && i < Size; k++) source[i++] = (u8)('a' + (word * 7 + k * 5) % 26);
        if (i < Size) source[i++] = ' ';
    }
    double sum = 0;
    for (int round = 0; round < n; round++) {
        source[round * 977 % Size] ^= 1;
        int length = compress();
        if (decompress(length) != Size) return -1;
        for (int i = 0; i < Size; i++) if (source[i] != unpacked[i]) return -2;
        sum += length;
    }
    return sum;
}
