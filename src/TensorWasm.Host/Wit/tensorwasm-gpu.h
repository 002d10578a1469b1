// tensorwasm:gpu/host@0.1.0. Made from tensorwasm-gpu.wit, which says what the functions do.
#ifndef TENSORWASM_GPU_H
#define TENSORWASM_GPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// error
#define TENSORWASM_GPU_ERROR_NOT_AVAILABLE (-1)
#define TENSORWASM_GPU_ERROR_INVALID_POINTER (-2)
#define TENSORWASM_GPU_ERROR_INVALID_KERNEL (-3)
#define TENSORWASM_GPU_ERROR_MALFORMED_PTX (-4)
#define TENSORWASM_GPU_ERROR_LAUNCH_FAILED (-5)
#define TENSORWASM_GPU_ERROR_QUOTA_EXCEEDED (-6)
#define TENSORWASM_GPU_ERROR_INTERNAL (-7)
#define TENSORWASM_GPU_ERROR_INVALID_DIMENSIONS (-8)
#define TENSORWASM_GPU_ERROR_INVALID_ARGUMENTS (-9)
#define TENSORWASM_GPU_ERROR_ARGUMENTS_UNSUPPORTED (-10)
#define TENSORWASM_GPU_ERROR_INVALID_HANDLE (-11)
#define TENSORWASM_GPU_ERROR_OUT_OF_MEMORY (-12)
#define TENSORWASM_GPU_ERROR_DEADLINE_EXCEEDED (-13)
#define TENSORWASM_GPU_ERROR_OUT_OF_BOUNDS (-14)
#define TENSORWASM_GPU_ERROR_TRAPPED (-15)
#define TENSORWASM_GPU_ERROR_DEVICE_LOST (-16)

// argument
#define TENSORWASM_GPU_ARGUMENT_INT32 1
#define TENSORWASM_GPU_ARGUMENT_INT64 2
#define TENSORWASM_GPU_ARGUMENT_FLOAT32 3
#define TENSORWASM_GPU_ARGUMENT_FLOAT64 4
#define TENSORWASM_GPU_ARGUMENT_UINT32 5
#define TENSORWASM_GPU_ARGUMENT_UINT64 6
#define TENSORWASM_GPU_ARGUMENT_POINTER 7
#define TENSORWASM_GPU_ARGUMENT_BUFFER 8
#define TENSORWASM_GPU_ARGUMENT_BYTES 9

// device-property
#define TENSORWASM_GPU_DEVICE_PROPERTY_KIND 0
#define TENSORWASM_GPU_DEVICE_PROPERTY_ARCHITECTURE 1
#define TENSORWASM_GPU_DEVICE_PROPERTY_MEMORY_BYTES 2
#define TENSORWASM_GPU_DEVICE_PROPERTY_FREE_MEMORY_BYTES 3
#define TENSORWASM_GPU_DEVICE_PROPERTY_AVAILABLE_BYTES 4
#define TENSORWASM_GPU_DEVICE_PROPERTY_MULTIPROCESSORS 5
#define TENSORWASM_GPU_DEVICE_PROPERTY_WARP_SIZE 6
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_THREADS 7
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_BLOCK_X 8
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_BLOCK_Y 9
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_BLOCK_Z 10
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_GRID_X 11
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_GRID_Y 12
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_GRID_Z 13
#define TENSORWASM_GPU_DEVICE_PROPERTY_MAX_SHARED_BYTES 14

// kernel-property
#define TENSORWASM_GPU_KERNEL_PROPERTY_PARAMETER_COUNT 0
#define TENSORWASM_GPU_KERNEL_PROPERTY_PARAMETER_BYTES 1
#define TENSORWASM_GPU_KERNEL_PROPERTY_REGISTERS 2
#define TENSORWASM_GPU_KERNEL_PROPERTY_SHARED_BYTES 3
#define TENSORWASM_GPU_KERNEL_PROPERTY_LOCAL_BYTES 4
#define TENSORWASM_GPU_KERNEL_PROPERTY_MAX_THREADS 5

// load-options
#define TENSORWASM_GPU_LOAD_OPTIONS_CHECK (1u << 0)

#define TENSORWASM_GPU_IMPORT(name) \
    __attribute__((import_module("tensorwasm:gpu/host@0.1.0"), import_name(name)))

TENSORWASM_GPU_IMPORT("last-error")
int32_t tensorwasm_gpu_last_error(void * destination, uint32_t length);

TENSORWASM_GPU_IMPORT("device-count")
int32_t tensorwasm_gpu_device_count(void);

TENSORWASM_GPU_IMPORT("device-name")
int32_t tensorwasm_gpu_device_name(uint32_t device, void * destination, uint32_t length);

TENSORWASM_GPU_IMPORT("device-query")
int64_t tensorwasm_gpu_device_query(uint32_t device, uint32_t property);

TENSORWASM_GPU_IMPORT("buffer-alloc")
int32_t tensorwasm_gpu_buffer_alloc(uint64_t bytes);

TENSORWASM_GPU_IMPORT("buffer-free")
int32_t tensorwasm_gpu_buffer_free(uint32_t buffer);

TENSORWASM_GPU_IMPORT("buffer-write")
int32_t tensorwasm_gpu_buffer_write(uint32_t buffer, uint64_t offset, const void * source, uint32_t length);

TENSORWASM_GPU_IMPORT("buffer-read")
int32_t tensorwasm_gpu_buffer_read(uint32_t buffer, uint64_t offset, void * destination, uint32_t length);

TENSORWASM_GPU_IMPORT("buffer-fill")
int32_t tensorwasm_gpu_buffer_fill(uint32_t buffer, uint64_t offset, uint64_t length, uint32_t value);

TENSORWASM_GPU_IMPORT("module-load")
int32_t tensorwasm_gpu_module_load(const void * ptx, uint32_t length, uint32_t options);

TENSORWASM_GPU_IMPORT("module-load-registered")
int32_t tensorwasm_gpu_module_load_registered(const void * name, uint32_t length, uint32_t options);

TENSORWASM_GPU_IMPORT("module-kernel")
int32_t tensorwasm_gpu_module_kernel(uint32_t module, const void * name, uint32_t length);

TENSORWASM_GPU_IMPORT("module-unload")
int32_t tensorwasm_gpu_module_unload(uint32_t module);

TENSORWASM_GPU_IMPORT("kernel-unload")
int32_t tensorwasm_gpu_kernel_unload(uint32_t kernel);

TENSORWASM_GPU_IMPORT("kernel-query")
int64_t tensorwasm_gpu_kernel_query(uint32_t kernel, uint32_t property);

TENSORWASM_GPU_IMPORT("launch")
int32_t tensorwasm_gpu_launch(
    uint32_t stream, uint32_t kernel, uint32_t grid_x, uint32_t grid_y, uint32_t grid_z, uint32_t block_x, uint32_t block_y, uint32_t block_z, uint32_t shared_bytes, const void * arguments, uint32_t length);

TENSORWASM_GPU_IMPORT("stream-create")
int32_t tensorwasm_gpu_stream_create(void);

TENSORWASM_GPU_IMPORT("stream-destroy")
int32_t tensorwasm_gpu_stream_destroy(uint32_t stream);

TENSORWASM_GPU_IMPORT("stream-limit")
int32_t tensorwasm_gpu_stream_limit(uint32_t stream, uint32_t milliseconds);

TENSORWASM_GPU_IMPORT("stream-wait")
int32_t tensorwasm_gpu_stream_wait(uint32_t stream);

TENSORWASM_GPU_IMPORT("stream-is-idle")
int32_t tensorwasm_gpu_stream_is_idle(uint32_t stream);

TENSORWASM_GPU_IMPORT("stream-wait-event")
int32_t tensorwasm_gpu_stream_wait_event(uint32_t stream, uint32_t event);

TENSORWASM_GPU_IMPORT("event-create")
int32_t tensorwasm_gpu_event_create(void);

TENSORWASM_GPU_IMPORT("event-destroy")
int32_t tensorwasm_gpu_event_destroy(uint32_t event);

TENSORWASM_GPU_IMPORT("event-record")
int32_t tensorwasm_gpu_event_record(uint32_t event, uint32_t stream);

TENSORWASM_GPU_IMPORT("event-wait")
int32_t tensorwasm_gpu_event_wait(uint32_t event);

TENSORWASM_GPU_IMPORT("event-is-complete")
int32_t tensorwasm_gpu_event_is_complete(uint32_t event);

TENSORWASM_GPU_IMPORT("event-elapsed")
int64_t tensorwasm_gpu_event_elapsed(uint32_t start, uint32_t end);

TENSORWASM_GPU_IMPORT("graph-begin")
int32_t tensorwasm_gpu_graph_begin(uint32_t stream);

TENSORWASM_GPU_IMPORT("graph-end")
int32_t tensorwasm_gpu_graph_end(uint32_t stream);

TENSORWASM_GPU_IMPORT("graph-launch")
int32_t tensorwasm_gpu_graph_launch(uint32_t graph, uint32_t stream);

TENSORWASM_GPU_IMPORT("graph-destroy")
int32_t tensorwasm_gpu_graph_destroy(uint32_t graph);

#ifdef __cplusplus
}
#endif

#endif
