// A dependent chain of three integer operations, n times.
#include "kernel.h"

RUN {
    u32 s = 0;
    for (int i = 0; i < n; i++) s += (u32)i ^ (s << 1);
    return s;
}
