// Scans generated JSON with a state machine of one switch: br_table, byte loads, a small stack.
#include "kernel.h"
static u8 text[1 << 20];
static int length;

static void put(const char *s) { while (*s) text[length++] = (u8)*s++; }

static void put_number(u32 x) {
    char digits[12];
    int count = 0;
    do digits[count++] = (char)('0' + x % 10); while (x /= 10);
    while (count) text[length++] = (u8)digits[--count];
}

static void generate(void) {
    random_state = 17;
    length = 0;
    put("[");
    for (int i = 0; i < 4000; i++) {
        if (i) put(",");
        put("{\"id\": "); put_number(i);
        put(", \"name\": \"item "); put_number(random_u32() >> 20);
        put("\\n\", \"tags\": [\"a\", \"bc\", null, true, false], \"value\": "); put_number(random_u32() >> 8);
        put("."); put_number(random_u32() >> 16); put("e-3 }\n");
    }
    put("]");
}

enum { Value, String, Escape, Integer, Fraction, Exponent, Word };

static NOINLINE u32 scan(const u8 *p, const u8 *end) {
    int state = Value, depth = 0;
    u32 objects = 0, arrays = 0, strings = 0, words = 0, hash = 0;
    double numbers = 0, value = 0, scale = 1;
    u8 stack[64];
    while (p < end) {
        u8 c = *p;
        switch (state) {
        case Value:
            p++;
            switch (c) {
            case '{': stack[depth++ & 63] = '}'; objects++; break;
            case '[': stack[depth++ & 63] = ']'; arrays++; break;
            case '}': case ']': if (stack[--depth & 63] != c) return 0; break;
            case '"': state = String; strings++; break;
            case ',': case ':': case ' ': case '\n': case '\r': case '\t': break;
            case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
                value = c == '-' ? 0 : c - '0'; scale = 1; state = Integer; break;
            case 't': case 'f': case 'n': state = Word; words++; break;
            default: return 0;
            }
            break;
        case String:
            p++;
            if (c == '"') state = Value;
            else if (c == '\\') state = Escape;
            else hash = hash * 31 + c;
            break;
        case Escape: p++; hash ^= c; state = String; break;
        case Integer:
            if (c >= '0' && c <= '9') { value = value * 10 + (c - '0'); p++; }
            else if (c == '.') { state = Fraction; p++; }
            else { numbers += value; state = Value; }
            break;
        case Fraction:
            if (c >= '0' && c <= '9') { scale *= 0.1; value += scale * (c - '0'); p++; }
            else if (c == 'e' || c == 'E') { state = Exponent; p++; }
            else { numbers += value; state = Value; }
            break;
        case Exponent:
            if ((c >= '0' && c <= '9') || c == '-' || c == '+') p++;
            else { numbers += value; state = Value; }
            break;
        case Word:
            if (c >= 'a' && c <= 'z') p++;
            else state = Value;
            break;
        }
    }
    return hash + objects * 3 + arrays * 5 + strings * 7 + words * 11 + (u32)(u64)numbers + depth;
}

RUN {
    generate();
    double sum = 0;
    for (int round = 0; round < n; round++) {
        text[length - 8] = (u8)('0' + round % 10);
        sum += scan(text, text + length);
    }
    return sum;
}
