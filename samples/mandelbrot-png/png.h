// A PNG writer for RGB images, without compression: deflate's stored blocks (RFC 1951, 3.2.4) in a zlib stream
// (RFC 1950) in the chunks of a PNG file (W3C PNG, 5).
#ifndef PNG_H
#define PNG_H

#include <stdint.h>
#include <stdio.h>

typedef struct png {
    FILE *file;
    uint32_t crc;
} png;

// Bytes of the current chunk: CRC-32 goes over its type and data.
static void png_bytes(png *p, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        p->crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) p->crc = p->crc >> 1 ^ (0xEDB88320 & -(p->crc & 1));
    }
    fwrite(bytes, 1, count, p->file);
}

static void png_u32(png *p, uint32_t value) {
    png_bytes(p, (uint8_t[]){(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value}, 4);
}

static void png_begin(png *p, uint32_t length, const char *type) {
    png_u32(p, length);
    p->crc = 0xFFFFFFFF;
    png_bytes(p, (const uint8_t *)type, 4);
}

static void png_end(png *p) { png_u32(p, ~p->crc); }

// Writes an image of 3 bytes a pixel, row by row; zero when all of it was written.
static int png_write(const char *path, const uint8_t *rgb, uint32_t width, uint32_t height) {
    enum { STORED = 65535 };
    png p = {fopen(path, "wb"), 0};
    if (p.file == NULL) return -1;

    png_bytes(&p, (const uint8_t *)"\x89PNG\r\n\x1A\n", 8);
    png_begin(&p, 13, "IHDR");
    png_u32(&p, width);
    png_u32(&p, height);
    png_bytes(&p, (const uint8_t[]){8, 2, 0, 0, 0}, 5); // 8 bits, RGB, deflate, no interlacing
    png_end(&p);

    // Each row begins with its filter's number, 0 for none.
    uint64_t row = (uint64_t)width * 3 + 1, total = row * height, blocks = (total + STORED - 1) / STORED;
    png_begin(&p, (uint32_t)(2 + blocks * 5 + total + 4), "IDAT");
    png_bytes(&p, (const uint8_t[]){0x78, 0x01}, 2);
    uint32_t a = 1, b = 0; // Adler-32
    for (uint64_t at = 0; at < total;) {
        uint32_t length = total - at < STORED ? (uint32_t)(total - at) : STORED;
        png_bytes(&p, (const uint8_t[]){at + length == total, (uint8_t)length, (uint8_t)(length >> 8),
                                        (uint8_t)~length, (uint8_t)(~length >> 8)}, 5);
        for (uint64_t end = at + length; at < end; at++) {
            uint8_t byte = at % row == 0 ? 0 : rgb[at / row * width * 3 + at % row - 1];
            a = (a + byte) % 65521;
            b = (b + a) % 65521;
            png_bytes(&p, &byte, 1);
        }
    }
    png_u32(&p, b << 16 | a);
    png_end(&p);
    png_begin(&p, 0, "IEND");
    png_end(&p);

    int failed = ferror(p.file);
    return fclose(p.file) | failed;
}

#endif
