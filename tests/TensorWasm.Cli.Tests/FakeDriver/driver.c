// A CUDA driver that fails as it is told by its environment, as far as devices are opened (CUDA driver API, 6.2 to 6.9).
char *getenv(const char *name);

static int answer(const char *name, int otherwise) {
    const char *text = getenv(name);
    if (!text) return otherwise;
    int value = 0;
    while (*text) value = value * 10 + *text++ - '0';
    return value;
}

int cuDriverGetVersion(int *version) {
    *version = answer("FAKE_CUDA_VERSION", 13000);
    return 0;
}

int cuInit(unsigned flags) { return answer("FAKE_CUDA_INIT", 0); }

int cuDeviceGetCount(int *count) {
    *count = answer("FAKE_CUDA_DEVICES", 1);
    return 0;
}

int cuDeviceGet(int *device, int ordinal) {
    *device = ordinal;
    return 0;
}

int cuDevicePrimaryCtxSetFlags_v2(int device, unsigned flags) { return 0; }

int cuDevicePrimaryCtxRetain(void **context, int device) { return answer("FAKE_CUDA_CONTEXT", 0); }

int cuGetErrorName(int error, const char **text) {
    *text = error == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_OTHER";
    return 0;
}

int cuGetErrorString(int error, const char **text) {
    *text = error == 2 ? "out of memory" : "other";
    return 0;
}
