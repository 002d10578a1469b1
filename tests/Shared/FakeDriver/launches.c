// The second part of driver.c, which includes it: streams, events, code, launches, graphs.

// ---- Streams, events.

enum { STREAM = 1, EVENT, GRAPH, LIBRARY, LINK };

static int make(void **object, int kind) {
    NEEDS_CONTEXT;
    WANTS_MEMORY;
    struct object *made = calloc(1, sizeof *made);
    made->kind = kind;
    made->device = current - 1;
    made->life = lives[made->device];
    *object = made;
    __atomic_add_fetch(&live, 1, 5);
    return OK;
}
static int destroy(struct object *object) {
    if (object->life != lives[object->device]) return misused(INVALID_HANDLE);
    free(object);
    __atomic_sub_fetch(&live, 1, 5);
    return OK;
}
static int state(struct object *object) {
    int why = poison(object->device);
    return why ? why : object->life != lives[object->device] ? misused(INVALID_HANDLE) : OK;
}

int cuStreamCreate(void **stream, u32 flags) { return make(stream, STREAM); }
int cuStreamDestroy_v2(struct object *stream) { return destroy(stream); }
int cuStreamQuery(struct object *stream) { return state(stream) ? state(stream) : hangs[stream->device] ? NOT_READY : OK; }
int cuStreamWaitEvent(struct object *stream, struct object *event, u32 flags) { return state(stream); }
int cuEventCreate(void **event, u32 flags) { return make(event, EVENT); }
int cuEventDestroy_v2(struct object *event) { return destroy(event); }
int cuEventRecord(struct object *event, struct object *stream) {
    if (state(stream)) return state(stream);
    if (event->device != stream->device) return misused(INVALID_HANDLE);
    event->is_pending = hangs[stream->device];
    return OK;
}
int cuEventQuery(struct object *event) { return state(event) ? state(event) : event->is_pending ? NOT_READY : OK; }
int cuEventElapsedTime(float *milliseconds, struct object *start, struct object *end) {
    *milliseconds = 0.01f;
    return start->device != end->device ? misused(INVALID_HANDLE) : cuEventQuery(end);
}

int cuMemcpyHtoD_v2(u64 to, void *from, u64 bytes) { return transfer(to, from, bytes, IN, 0); }
int cuMemcpyHtoDAsync_v2(u64 to, void *from, u64 bytes, struct object *stream) {
    return stream->device != current - 1 ? misused(INVALID_HANDLE) : state(stream) ? state(stream) : transfer(to, from, bytes, IN, 0);
}
int cuMemcpyDtoHAsync_v2(void *to, u64 from, u64 bytes, struct object *stream) {
    return stream->device != current - 1 ? misused(INVALID_HANDLE) : state(stream) ? state(stream) : transfer(from, to, bytes, OUT, 0);
}
int cuMemsetD8Async(u64 at, unsigned char value, u64 bytes, struct object *stream) {
    return stream->device != current - 1 ? misused(INVALID_HANDLE) : state(stream) ? state(stream) : transfer(at, 0, bytes, FILL, value);
}

// ---- Code. An image is its PTX.

struct link { char *text; u64 bytes; };

int cuLinkCreate_v2(u32 count, int *options, void **values, struct link **link) {
    NEEDS_CONTEXT;
    WANTS_MEMORY;
    *link = calloc(1, sizeof **link);
    return OK;
}
int cuLinkAddData_v2(struct link *link, int type, char *data, u64 bytes, char *name, u32 count, int *options, void **values) {
    WANTS_MEMORY;
    link->text = malloc(bytes);
    link->bytes = bytes;
    memcpy(link->text, data, bytes);
    return OK;
}
int cuLinkComplete(struct link *link, void **image, u64 *bytes) {
    WANTS_MEMORY;
    *image = link->text;
    *bytes = link->bytes;
    return OK;
}
int cuLinkDestroy(struct link *link) { free(link->text); free(link); return OK; }
int cuLibraryLoadData(void **library, void *image, int *a, void **b, u32 c, int *d, void **e, u32 f) { return make(library, LIBRARY); }
int cuLibraryUnload(struct object *library) { return destroy(library); }

enum { NOTHING, CLOCK, INCREMENT, FAULT, MISALIGN, TRAP, HANG };

int cuLibraryGetKernel(void **kernel, void *library, const char *name) {
    static const char *const names[] = { "nothing", "clock", "increment", "fault", "misaligned", "trap", "hang" };
    long code = NOTHING;
    for (long i = 0; i < 7; i++) if (!strcmp(name, names[i])) code = i;
    *kernel = (void *)(code + 1);
    return OK;
}
int cuKernelGetFunction(struct function **function, void *kernel) {
    NEEDS_CONTEXT;
    *function = malloc(sizeof **function); // small, and never freed
    **function = (struct function){ current - 1, (int)(long)kernel - 1, 0 };
    return OK;
}
int cuFuncLoad(void *function) { NEEDS_CONTEXT; WANTS_MEMORY; return OK; }
int cuFuncGetAttribute(int *value, int attribute, void *function) {
    *value = attribute == 0 ? 1024 : attribute == 4 ? 32 : 0;
    return OK;
}
int cuFuncSetAttribute(void *function, int attribute, int value) { return OK; }
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, void *function, int threads, u64 shared) { *blocks = 1; return OK; }

// What a kernel does. "increment" adds 1 to each of n words; before, the whole reservation that its words lie in must be
// mapped and accessible, as it must be for any kernel of a region: an address that is not would fault.
static int run(struct function *function, char *block) {
    int device = function->device;
    switch (function->code) {
        case CLOCK: {
            long time[2];
            clock_gettime(1, time);
            *(volatile u64 *)*(u64 *)block = time[0] * 1000000000ul + time[1];
            return OK;
        }
        case INCREMENT: {
            u64 at = *(u64 *)block, rest;
            u32 count = *(u32 *)(block + 8);
            for (int i = 0; i < range_count; i++) {
                if (at < ranges[i].at || at >= ranges[i].at + ranges[i].bytes) continue;
                u64 sum = 0;
                for (int j = 0; j < map_count; j++)
                    if (maps[j].is_accessible && maps[j].at >= ranges[i].at && maps[j].at < ranges[i].at + ranges[i].bytes) sum += maps[j].bytes;
                if (sum != ranges[i].bytes) return fault(device, ILLEGAL_ADDRESS);
            }
            while (count) {
                u32 *words = (u32 *)find(at, &rest);
                if (!words) return fault(device, ILLEGAL_ADDRESS);
                for (; count && rest >= 4; count--, rest -= 4, at += 4) ++*words++;
            }
            return OK;
        }
        // A fault is noticed after the launch.
        case FAULT: fault(device, ILLEGAL_ADDRESS); return OK;
        case MISALIGN: fault(device, MISALIGNED); return OK;
        case TRAP: fault(device, ILLEGAL_INSTRUCTION); return OK;
        case HANG: hangs[device] = 1; return OK;
        default: return OK;
    }
}

int cuLaunchKernel(struct function *function, u32 gx, u32 gy, u32 gz, u32 bx, u32 by, u32 bz, u32 shared, struct object *stream,
    void **parameters, void **extra) {
    NEEDS_CONTEXT;
    if (function->device != stream->device || stream->life != lives[stream->device]) return misused(INVALID_HANDLE);
    // The first launch of a kernel may want local memory for it.
    if (!function->was_launched) WANTS_MEMORY;
    function->was_launched = 1;
    if (hangs[stream->device]) return OK;
    enter();
    return leave(run(function, parameters ? parameters[0] : extra ? extra[1] : 0));
}

// ---- Graphs: chains of kernels.

struct launch { struct function *function; u32 shape[6], shared; void **parameters, **extra; void *kernel, *context; };

static void set(struct node *node, struct launch *launch) {
    u64 bytes = *(u64 *)launch->extra[3];
    free(node->block);
    node->function = launch->function;
    node->block = malloc(bytes);
    memcpy(node->block, launch->extra[1], bytes);
}
static int let_go(struct graph *graph) {
    if (--graph->users) return OK;
    for (int i = 0; i < graph->count; i++) free(graph->nodes[i].block);
    free(graph);
    return OK;
}
int cuGraphCreate(struct graph **graph, u32 flags) {
    NEEDS_CONTEXT;
    WANTS_MEMORY;
    *graph = calloc(1, sizeof **graph);
    (*graph)->users = 1;
    live++;
    return OK;
}
int cuGraphDestroy(struct graph *graph) { live--; return let_go(graph); }
int cuGraphAddKernelNode_v2(struct node **node, struct graph *graph, void **after, u64 count, struct launch *launch) {
    WANTS_MEMORY;
    if (graph->count == 64) return INVALID_VALUE;
    *node = &graph->nodes[graph->count++];
    set(*node, launch);
    return OK;
}
int cuGraphInstantiateWithFlags(struct graph **executable, struct graph *graph, u64 flags) {
    WANTS_MEMORY;
    graph->users++;
    live++;
    *executable = graph;
    return OK;
}
int cuGraphExecDestroy(struct graph *executable) { live--; return let_go(executable); }
int cuGraphExecKernelNodeSetParams_v2(struct graph *executable, struct node *node, struct launch *launch) { set(node, launch); return OK; }
int cuGraphUpload(struct graph *executable, struct object *stream) { return state(stream); }
int cuGraphLaunch(struct graph *executable, struct object *stream) {
    NEEDS_CONTEXT;
    WANTS_MEMORY;
    int answer = OK;
    enter();
    for (int i = 0; i < executable->count && !answer; i++) {
        if (executable->nodes[i].function->device != stream->device) answer = misused(INVALID_HANDLE);
        else if (!hangs[stream->device]) answer = run(executable->nodes[i].function, executable->nodes[i].block);
    }
    return leave(answer);
}
