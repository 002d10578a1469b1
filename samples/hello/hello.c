// tensorwasm run samples/wasm/hello.wasm Ada
#include <stdio.h>

int main(int argc, char **argv) {
    printf("Hello, %s, from a sandbox.\n", argc > 1 ? argv[1] : "world");
    return 0;
}
