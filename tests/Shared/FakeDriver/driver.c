// A CUDA driver without a device (CUDA driver API, 6.2 to 6.33): it opens devices, maps memory, copies, and keeps the rules
// about contexts, objects and mappings that a real one keeps. Kernels do nothing, but for those that the tests know by name
// (see run). It fails as its environment says, or as a test in the same process asks (fake_... at the end).
//
// FAKE_CUDA_VERSION, _INIT, _DEVICES, _CONTEXT: what those calls answer. FAKE_CUDA_MEMORY: bytes of a device.
// FAKE_CUDA_REOPENS: whether the reset of a context helps after a fault. FAKE_CUDA_BLOCKS: whether calls about the other
// devices do not come back after one.
typedef unsigned long u64;
typedef unsigned int u32;

enum { OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_CONTEXT = 201, INVALID_HANDLE = 400, NOT_FOUND = 500,
    NOT_READY = 600, ILLEGAL_ADDRESS = 700, ILLEGAL_INSTRUCTION = 715, MISALIGNED = 716, NOT_SUPPORTED = 801 };

char *getenv(const char *name);
void *malloc(u64 bytes);
void *calloc(u64 count, u64 bytes);
void free(void *block);
void *memcpy(void *to, const void *from, u64 bytes);
void *memset(void *to, int value, u64 bytes);
int strcmp(const char *a, const char *b);
int memfd_create(const char *name, u32 flags);
int ftruncate(int fd, long bytes);
int fallocate(int fd, int mode, long offset, long bytes);
int close(int fd);
int pause(void);
void *mmap(void *at, u64 bytes, int access, int flags, int fd, long offset);
int munmap(void *at, u64 bytes);
int clock_gettime(int clock, long *time);
int pthread_mutex_lock(void *mutex);
int pthread_mutex_unlock(void *mutex);

enum { NONE = 0, READ_WRITE = 3, SHARED = 1, PRIVATE = 2, FIXED = 0x10, ANONYMOUS = 0x20, NO_RESERVE = 0x4000, NO_REPLACE = 0x100000 };
enum { DEVICES = 4, MAPS = 200000, RANGES = 4096 };

static long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    if (!text || !*text) return otherwise;
    long value = 0;
    while (*text) value = value * 10 + *text++ - '0';
    return value;
}

// ---- State. One lock: the driver is called from many threads.

struct memory { int fd, device, is_host, maps, is_released; u64 bytes; char *base; };
struct map { u64 at, bytes; struct memory *memory; int is_accessible, is_host; };
struct range { u64 at, bytes; int device; };
struct object { int kind, device, life, is_pending; };
struct function { int device, code, was_launched; };
struct node { struct function *function; char *block; };
struct graph { int kind, users, count; struct node nodes[64]; };

static long lock_words[16];
static __thread int current; // a context is its device's number + 1
static struct map maps[MAPS];
static int map_count;
static struct range ranges[RANGES], allocations[RANGES];
static int range_count, allocation_count;
static u64 used[DEVICES];
static int sticky[DEVICES], hangs[DEVICES], lives[DEVICES], retained[DEVICES];
static int faulted;
static long calls, first_denied, last_denied, only_access, live, misuses;

static void enter(void) { pthread_mutex_lock(lock_words); }
static int leave(int answer) { pthread_mutex_unlock(lock_words); return answer; }

// Whether a call that may want memory is denied it.
static int denied(int is_access) {
    if (only_access && !is_access) return 0;
    long call = __atomic_add_fetch(&calls, 1, 5);
    return call >= first_denied && call <= last_denied;
}

// An object that is used with another device's, or after its context's end, or a call without a context.
static int misused(int answer) { __atomic_add_fetch(&misuses, 1, 5); return answer; }

// The error that all contexts have since a fault, if any.
static int poison(int device) {
    while (sticky[device] && device != faulted && number("FAKE_CUDA_BLOCKS", 0)) pause();
    return sticky[device];
}

// Why the current context can't be used.
static int trouble(void) { return current == 0 ? misused(INVALID_CONTEXT) : poison(current - 1); }

#define NEEDS_CONTEXT do { int why = trouble(); if (why) return why; } while (0)
#define WANTS_MEMORY do { if (denied(0)) return OUT_OF_MEMORY; } while (0)

static int take(int device, u64 bytes) {
    if (used[device] + bytes > (u64)number("FAKE_CUDA_MEMORY", 16l << 30)) return OUT_OF_MEMORY;
    used[device] += bytes;
    return OK;
}

// ---- Devices and contexts.

int cuDriverGetVersion(int *version) { *version = (int)number("FAKE_CUDA_VERSION", 13000); return OK; }
int cuInit(u32 flags) { return (int)number("FAKE_CUDA_INIT", 0); }
int cuDeviceGetCount(int *count) { *count = (int)number("FAKE_CUDA_DEVICES", 1); return OK; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return OK; }
int cuDevicePrimaryCtxSetFlags_v2(int device, u32 flags) { return OK; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
    *context = (void *)(long)(device + 1);
    retained[device]++;
    return sticky[device] ? sticky[device] : (int)number("FAKE_CUDA_CONTEXT", 0);
}
int cuDevicePrimaryCtxRelease_v2(int device) {
    if (--retained[device]) return OK;
    while (hangs[device]) pause();
    lives[device]++; // the context goes, and all that was made in it
    return OK;
}
int cuDevicePrimaryCtxReset_v2(int device) {
    while (hangs[device]) pause();
    poison(device);
    if (number("FAKE_CUDA_REOPENS", 0)) {
        sticky[device] = 0;
        lives[device]++;
    }
    return sticky[device];
}
// The usual end of a process waits for kernels that run.
__attribute__((destructor)) static void end(void) {
    for (int i = 0; i < DEVICES; i++) while (hangs[i]) pause();
}
int cuCtxSetCurrent(void *context) { current = (int)(long)context; return OK; }

int cuGetErrorName(int error, const char **text) {
    *text = error == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : error == ILLEGAL_ADDRESS ? "CUDA_ERROR_ILLEGAL_ADDRESS"
        : error == MISALIGNED ? "CUDA_ERROR_MISALIGNED_ADDRESS" : error == ILLEGAL_INSTRUCTION ? "CUDA_ERROR_ILLEGAL_INSTRUCTION"
        : "CUDA_ERROR_OTHER";
    return OK;
}
int cuGetErrorString(int error, const char **text) { *text = error == OUT_OF_MEMORY ? "out of memory" : "other"; return OK; }

static void copy_text(char *to, int length, const char *from) {
    int i = 0;
    for (; from[i] && i < length - 1; i++) to[i] = from[i];
    to[i] = 0;
}
int cuDeviceGetName(char *name, int length, int device) { copy_text(name, length, "Fake GPU"); return OK; }
int cuDeviceGetPCIBusId(char *text, int length, int device) { return NOT_SUPPORTED; }
int cuDeviceTotalMem_v2(u64 *bytes, int device) { *bytes = number("FAKE_CUDA_MEMORY", 16l << 30); return OK; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    switch (attribute) {
        case 1: case 2: case 3: *value = 1024; break;
        case 4: *value = 64; break;
        case 5: *value = 2147483647; break;
        case 6: case 7: *value = 65535; break;
        case 10: *value = 32; break;
        case 16: *value = 16; break;
        case 75: *value = 9; break;
        case 97: *value = 232448; break;
        case 102: *value = 1; break;
        default: *value = 0;
    }
    return OK;
}
int cuDeviceGetDevResource(int device, void *resource, int type) { return NOT_SUPPORTED; }
int cuDevSmResourceSplitByCount(void *a, u32 *b, void *c, void *d, u32 e, u32 f) { return NOT_SUPPORTED; }
int cuDevResourceGenerateDesc(void **a, void *b, u32 c) { return NOT_SUPPORTED; }
int cuGreenCtxCreate(void **a, void *b, int c, u32 d) { return NOT_SUPPORTED; }
int cuGreenCtxDestroy(void *a) { return OK; }
int cuCtxFromGreenCtx(void **a, void *b) { return NOT_SUPPORTED; }
int cuGreenCtxStreamCreate(void **a, void *b, u32 c, int d) { return NOT_SUPPORTED; }

// ---- Memory.

int cuMemGetInfo_v2(u64 *available, u64 *total) {
    NEEDS_CONTEXT;
    *total = number("FAKE_CUDA_MEMORY", 16l << 30);
    *available = *total - used[current - 1];
    return OK;
}

static char *anywhere(u64 bytes) {
    char *at = mmap(0, bytes, READ_WRITE, PRIVATE | ANONYMOUS | NO_RESERVE, -1, 0);
    return at == (char *)-1 ? 0 : at;
}

int cuMemAlloc_v2(u64 *address, u64 bytes) {
    NEEDS_CONTEXT;
    WANTS_MEMORY;
    enter();
    if (take(current - 1, bytes)) return leave(OUT_OF_MEMORY);
    char *at = anywhere(bytes);
    if (!at) return leave(OUT_OF_MEMORY);
    allocations[allocation_count++] = (struct range){ (u64)at, bytes, current - 1 };
    live++;
    *address = (u64)at;
    return leave(OK);
}

int cuMemFree_v2(u64 address) {
    NEEDS_CONTEXT;
    enter();
    for (int i = 0; i < allocation_count; i++) {
        if (allocations[i].at != address) continue;
        munmap((void *)address, allocations[i].bytes);
        used[allocations[i].device] -= allocations[i].bytes;
        allocations[i] = allocations[--allocation_count];
        live--;
        return leave(OK);
    }
    return leave(INVALID_VALUE);
}

int cuMemHostAlloc(void **address, u64 bytes, u32 flags) {
    NEEDS_CONTEXT;
    WANTS_MEMORY;
    *address = calloc(1, bytes);
    __atomic_add_fetch(&live, 1, 5);
    return OK;
}
int cuMemFreeHost(void *address) { free(address); __atomic_sub_fetch(&live, 1, 5); return OK; }

int cuMemAddressReserve(u64 *address, u64 bytes, u64 alignment, u64 hint, u64 flags) {
    WANTS_MEMORY;
    const u64 granule = 2ul << 20;
    enter();
    char *at = hint ? mmap((void *)hint, bytes, NONE, PRIVATE | ANONYMOUS | NO_RESERVE | NO_REPLACE, -1, 0) : (char *)-1;
    if (at == (char *)-1) {
        at = mmap(0, bytes + granule, NONE, PRIVATE | ANONYMOUS | NO_RESERVE, -1, 0);
        if (at == (char *)-1) return leave(OUT_OF_MEMORY);
        u64 aligned = ((u64)at + granule - 1) & ~(granule - 1);
        if (aligned > (u64)at) munmap(at, aligned - (u64)at);
        if ((u64)at + granule > aligned) munmap((void *)(aligned + bytes), (u64)at + granule - aligned);
        at = (char *)aligned;
    }
    ranges[range_count++] = (struct range){ (u64)at, bytes, 0 };
    *address = (u64)at;
    return leave(OK);
}

int cuMemAddressFree(u64 address, u64 bytes) {
    enter();
    for (int i = 0; i < map_count; i++)
        if (maps[i].at >= address && maps[i].at < address + bytes) return leave(INVALID_VALUE);
    for (int i = 0; i < range_count; i++) {
        if (ranges[i].at != address || ranges[i].bytes != bytes) continue;
        munmap((void *)address, bytes);
        ranges[i] = ranges[--range_count];
        return leave(OK);
    }
    return leave(INVALID_VALUE);
}

struct properties { int type, handles, location, id; };

int cuMemCreate(u64 *handle, u64 bytes, struct properties *wanted, u64 flags) {
    NEEDS_CONTEXT;
    WANTS_MEMORY;
    enter();
    int is_host = wanted->location == 3;
    if (!is_host && take(wanted->id, bytes)) return leave(OUT_OF_MEMORY);
    struct memory *made = calloc(1, sizeof *made);
    *made = (struct memory){ memfd_create("device", 0), wanted->id, is_host, 0, 0, bytes, 0 };
    ftruncate(made->fd, (long)bytes);
    made->base = mmap(0, bytes, READ_WRITE, SHARED | NO_RESERVE, made->fd, 0);
    live++;
    *handle = (u64)made;
    return leave(made->base == (char *)-1 ? OUT_OF_MEMORY : OK);
}

static void drop(struct memory *memory) {
    if (!memory->is_released || memory->maps) return;
    if (!memory->is_host) used[memory->device] -= memory->bytes;
    munmap(memory->base, memory->bytes);
    close(memory->fd);
    free(memory);
    live--;
}

int cuMemRelease(u64 handle) {
    enter();
    ((struct memory *)handle)->is_released = 1;
    drop((struct memory *)handle);
    return leave(OK);
}

int cuMemMap(u64 at, u64 bytes, u64 offset, u64 handle, u64 flags) {
    static long mapped;
    if (mapped++ % 16 == 0) WANTS_MEMORY; // there are very many
    struct memory *memory = (struct memory *)handle;
    enter();
    int is_reserved = 0;
    for (int i = 0; i < range_count; i++) is_reserved |= at >= ranges[i].at && at + bytes <= ranges[i].at + ranges[i].bytes;
    if (!is_reserved || offset || bytes != memory->bytes || map_count == MAPS) return leave(INVALID_VALUE);
    for (int i = 0; i < map_count; i++)
        if (at < maps[i].at + maps[i].bytes && maps[i].at < at + bytes) return leave(INVALID_VALUE);
    maps[map_count++] = (struct map){ at, bytes, memory, 0, 0 };
    memory->maps++;
    return leave(OK);
}

// Bytes of a range that whole mappings cover.
static u64 covered(u64 at, u64 bytes) {
    u64 sum = 0;
    for (int i = 0; i < map_count; i++)
        if (maps[i].at >= at && maps[i].at + maps[i].bytes <= at + bytes) sum += maps[i].bytes;
    return sum;
}

int cuMemUnmap(u64 at, u64 bytes) {
    enter();
    if (covered(at, bytes) != bytes) return leave(INVALID_VALUE);
    for (int i = map_count - 1; i >= 0; i--) {
        if (maps[i].at < at || maps[i].at >= at + bytes) continue;
        if (maps[i].is_host)
            mmap((void *)maps[i].at, maps[i].bytes, NONE, PRIVATE | ANONYMOUS | NO_RESERVE | FIXED, -1, 0);
        maps[i].memory->maps--;
        drop(maps[i].memory);
        maps[i] = maps[--map_count];
    }
    return leave(OK);
}

struct access { int location, id, flags; };

int cuMemSetAccess(u64 at, u64 bytes, struct access *access, u64 count) {
    NEEDS_CONTEXT;
    enter();
    if (covered(at, bytes) != bytes) return leave(INVALID_VALUE);
    int is_host = 0, is_device = 0;
    for (u64 i = 0; i < count; i++) {
        is_host |= access[i].location == 3;
        is_device |= access[i].location == 1;
    }
    // One that fails may have done a part of its work.
    int is_denied = denied(1);
    for (int i = 0; i < map_count; i++) {
        if (maps[i].at < at || maps[i].at >= at + bytes) continue;
        if (is_host) {
            mmap((void *)maps[i].at, maps[i].bytes, is_denied ? NONE : READ_WRITE, SHARED | NO_RESERVE | FIXED, maps[i].memory->fd, 0);
            maps[i].is_host = 1;
        }
        if (is_device && !is_denied) maps[i].is_accessible = 1;
    }
    return leave(is_denied ? OUT_OF_MEMORY : OK);
}

// Where a device address lies for the processor, and how many bytes follow there; 0 where a kernel would fault.
static struct memory *found;
static char *find(u64 at, u64 *rest) {
    found = 0;
    for (int i = 0; i < allocation_count; i++) {
        if (at >= allocations[i].at && at < allocations[i].at + allocations[i].bytes) {
            *rest = allocations[i].at + allocations[i].bytes - at;
            return (char *)at;
        }
    }
    for (int i = 0; i < map_count; i++) {
        if (maps[i].is_accessible && at >= maps[i].at && at < maps[i].at + maps[i].bytes) {
            *rest = maps[i].at + maps[i].bytes - at;
            found = maps[i].memory;
            return found->base + (at - maps[i].at);
        }
    }
    return 0;
}

// With driver 580 a fault on one device is the end of all contexts of the process.
static int fault(int device, int error) {
    faulted = device;
    for (int i = 0; i < DEVICES; i++) sticky[i] = error;
    return error;
}

enum { IN, FILL, OUT };
static int transfer(u64 at, char *host, u64 bytes, int direction, int value) {
    NEEDS_CONTEXT;
    enter();
    while (bytes) {
        u64 rest;
        char *here = find(at, &rest);
        if (!here) return leave(fault(current - 1, ILLEGAL_ADDRESS));
        u64 piece = rest < bytes ? rest : bytes;
        if (direction == IN) memcpy(here, host, piece);
        else if (direction == OUT) memcpy(host, here, piece);
        else if (value || !found || (u64)here % 4096 || piece % 4096) memset(here, value, piece);
        else fallocate(found->fd, 3, here - found->base, (long)piece); // a hole, which costs no memory
        at += piece;
        host += piece;
        bytes -= piece;
    }
    return leave(OK);
}

#include "launches.c"

// ---- For tests in the same process.

// The calls numbered from first to last, from now on, that may want memory are denied it; with only, those that make
// mappings accessible, for which page tables may have to grow.
void fake_deny(long first, long last, long only) { calls = 0; first_denied = first; last_denied = last; only_access = only; }

// Calls since then that may want memory.
long fake_calls(void) { return calls; }

// Objects and memory that were made and not freed.
long fake_live(void) { return live; }

// Calls that a real driver might not survive.
long fake_misuses(void) { return misuses; }
