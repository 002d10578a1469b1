// Builds and walks trees of depth n with a free-list allocator: small objects, recursion, cache misses.
#include "kernel.h"
typedef struct node { struct node *left, *right; } node;
static node arena[1 << 20];
static node *free_list;
static int used;

static node *allocate(void) {
    node *p = free_list;
    if (p) { free_list = p->left; return p; }
    return &arena[used++];
}

static NOINLINE node *build(int depth) {
    node *p = allocate();
    if (depth == 0) { p->left = p->right = 0; return p; }
    p->left = build(depth - 1);
    p->right = build(depth - 1);
    return p;
}

static NOINLINE int count(const node *p) { return p->left ? 1 + count(p->left) + count(p->right) : 1; }

static NOINLINE void release(node *p) {
    if (p->left) { release(p->left); release(p->right); }
    p->left = free_list;
    free_list = p;
}

RUN {
    used = 0;
    free_list = 0;
    double sum = 0;
    node *lasting = build(n);
    for (int depth = 4; depth <= n; depth += 2) {
        int times = 1 << (n - depth + 4);
        for (int i = 0; i < times; i++) { node *t = build(depth); sum += count(t); release(t); }
    }
    return sum + count(lasting);
}
