// A backtracking matcher of patterns with . * ? + and classes: recursion over short strings.
#include "kernel.h"
static u8 text[4096];

static int atom_length(const char *p) {
    if (*p != '[') return 1;
    int length = 1;
    while (p[length] != ']') length++;
    return length + 1;
}

static int atom_matches(const char *p, int length, u8 c) {
    if (!c) return 0;
    if (*p == '.') return 1;
    if (*p != '[') return *p == (char)c;
    for (int i = 1; i < length - 1; i++) {
        if (p[i + 1] == '-') { if (c >= (u8)p[i] && c <= (u8)p[i + 2]) return 1; i += 2; }
        else if (p[i] == (char)c) return 1;
    }
    return 0;
}

static NOINLINE int match(const char *p, const u8 *s) {
    if (!*p) return 1;
    int length = atom_length(p);
    char quantifier = p[length];
    switch (quantifier) {
    case '*': case '+': {
        int count = 0, least = quantifier == '+';
        while (atom_matches(p, length, s[count])) count++;
        for (; count >= least; count--) if (match(p + length + 1, s + count)) return 1;
        return 0;
    }
    case '?':
        if (atom_matches(p, length, *s) && match(p + length + 1, s + 1)) return 1;
        return match(p + length + 1, s);
    default:
        return atom_matches(p, length, *s) && match(p + length, s + 1);
    }
}

RUN {
    static const char *const patterns[] = {
        "[a-d]*[b-e]*c+d?e", "a.*b.*c", "[aeiou][b-df-h]+[a-c]*h", "a?a?a?a?a?a?aaaaaa", ".[a-c].[d-f].[g-h]"};
    random_state = 53;
    for (int i = 0; i < 4095; i++) text[i] = i % 64 == 63 ? 0 : (u8)('a' + (random_u32() >> 29));
    int found = 0;
    for (int round = 0; round < n; round++)
        for (int k = 0; k < 5; k++)
            for (int start = 0; start < 4095; start++) found += match(patterns[(k + round) % 5], text + start);
    return found;
}
