// The driver's own launches in a loop, the yardstick for launches from guests. Graphs of more than "nothing" tell what a
// kernel's beginning costs: parameters that nothing reads, one that is read, one that the timer is compared with.
//   cc -O2 launch.c -o launch -I/usr/local/cuda/include -lcuda && ./launch
#include <cuda.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char ptx[] =
    ".version 7.0\n.target sm_70\n.address_size 64\n"
    ".visible .entry add(.param .u64 x, .param .u64 y, .param .u64 z, .param .u32 n) {\n"
    ".reg .pred %p; .reg .b32 %r<5>; .reg .b64 %d<8>; .reg .f32 %f<4>;\n"
    "ld.param.u64 %d0, [x]; ld.param.u64 %d1, [y]; ld.param.u64 %d2, [z]; ld.param.u32 %r0, [n];\n"
    "mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x; mad.lo.s32 %r4, %r1, %r2, %r3;\n"
    "setp.ge.u32 %p, %r4, %r0; @%p bra DONE; mul.wide.u32 %d3, %r4, 4;\n"
    "add.u64 %d4, %d0, %d3; add.u64 %d5, %d1, %d3; add.u64 %d6, %d2, %d3;\n"
    "ld.global.f32 %f0, [%d4]; ld.global.f32 %f1, [%d5]; add.f32 %f2, %f0, %f1; st.global.f32 [%d6], %f2;\n"
    "DONE: ret; }\n"
    ".visible .entry nothing() { ret; }\n"
    ".visible .entry unread(.param .u64 x, .param .u64 y) { ret; }\n"
    ".visible .entry reads(.param .u64 x, .param .u64 y) {\n"
    ".reg .pred %p; .reg .b64 %d<2>;\n"
    "ld.param.u64 %d0, [x]; setp.ne.u64 %p, %d0, 0; @%p bra DONE; ld.param.u64 %d1, [y]; st.global.u64 [%d1], %d0; DONE: ret; }\n"
    ".visible .entry looks(.param .u64 x, .param .u64 y) {\n"
    ".reg .pred %p; .reg .b64 %d<3>;\n"
    "ld.param.u64 %d0, [x]; mov.u64 %d2, %globaltimer; setp.lt.u64 %p, %d2, %d0; @%p bra DONE;\n"
    "ld.param.u64 %d1, [y]; st.global.u64 [%d1], %d0; DONE: ret; }\n";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(CUresult result) {
    if (result) {
        const char *name = "?";
        cuGetErrorName(result, &name);
        fprintf(stderr, "%s\n", name);
        exit(1);
    }
}

enum { LAUNCHES = 20000, ROUNDS = 15, KERNELS = 100 };

static double median(double *times) {
    qsort(times, ROUNDS, sizeof *times, compare);
    return times[ROUNDS / 2];
}

// A graph of KERNELS launches of one kernel, replayed one after another: microseconds a kernel.
static double replay(CUmodule module, CUstream stream, const char *name, void **parameters) {
    CUfunction kernel;
    CUgraph graph;
    CUgraphExec executable;
    double times[ROUNDS];
    check(cuModuleGetFunction(&kernel, module, name));
    check(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    for (int i = 0; i < KERNELS; i++) check(cuLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, stream, parameters, 0));
    check(cuStreamEndCapture(stream, &graph));
    check(cuGraphInstantiate(&executable, graph, 0));
    for (int round = -1; round < ROUNDS; round++) {
        double start = now();
        for (int i = 0; i < LAUNCHES / KERNELS; i++) check(cuGraphLaunch(executable, stream));
        check(cuStreamSynchronize(stream));
        if (round >= 0) times[round] = (now() - start) / LAUNCHES;
    }
    check(cuGraphExecDestroy(executable));
    check(cuGraphDestroy(graph));
    return median(times);
}

int main(void) {
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction add;
    CUstream stream;
    CUdeviceptr memory;
    unsigned n = 32;
    unsigned long long never = ~0ull;
    check(cuInit(0));
    check(cuDeviceGet(&device, 0));
    check(cuDevicePrimaryCtxSetFlags(device, CU_CTX_SCHED_SPIN));
    check(cuDevicePrimaryCtxRetain(&context, device));
    check(cuCtxSetCurrent(context));
    check(cuModuleLoadData(&module, ptx));
    check(cuModuleGetFunction(&add, module, "add"));
    check(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    check(cuMemAlloc(&memory, 4096));
    void *parameters[] = {&memory, &memory, &memory, &n}, *two[] = {&never, &memory};
    double async[ROUNDS], wait[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
        double start = now();
        for (int i = 0; i < LAUNCHES; i++) check(cuLaunchKernel(add, 1, 1, 1, 32, 1, 1, 0, stream, parameters, 0));
        check(cuStreamSynchronize(stream));
        double middle = now();
        for (int i = 0; i < LAUNCHES / 10; i++) {
            check(cuLaunchKernel(add, 1, 1, 1, 32, 1, 1, 0, stream, parameters, 0));
            check(cuStreamSynchronize(stream));
        }
        if (round >= 0) {
            async[round] = (middle - start) / LAUNCHES;
            wait[round] = (now() - middle) / (LAUNCHES / 10);
        }
    }
    printf(
        "C: asynchronous %.3f us, launch + wait %.3f us; graphs of %d, a kernel: nothing %.3f us, unread parameters %.3f, "
        "reads one %.3f, looks at a deadline %.3f, add %.3f (medians of %d)\n",
        median(async), median(wait), KERNELS, replay(module, stream, "nothing", 0), replay(module, stream, "unread", two),
        replay(module, stream, "reads", two), replay(module, stream, "looks", two), replay(module, stream, "add", parameters),
        ROUNDS);
    return 0;
}
