// tensorwasm:telemetry/host@0.1.0. Made from tensorwasm-telemetry.wit, which says what the functions do.
#ifndef TENSORWASM_TELEMETRY_H
#define TENSORWASM_TELEMETRY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// error
#define TENSORWASM_TELEMETRY_ERROR_NOT_AVAILABLE (-1)
#define TENSORWASM_TELEMETRY_ERROR_INVALID_POINTER (-2)
#define TENSORWASM_TELEMETRY_ERROR_FULL (-3)
#define TENSORWASM_TELEMETRY_ERROR_INVALID_SPAN (-4)
#define TENSORWASM_TELEMETRY_ERROR_INVALID_LEVEL (-5)

// level
#define TENSORWASM_TELEMETRY_LEVEL_TRACE 0
#define TENSORWASM_TELEMETRY_LEVEL_DEBUG 1
#define TENSORWASM_TELEMETRY_LEVEL_INFO 2
#define TENSORWASM_TELEMETRY_LEVEL_WARN 3
#define TENSORWASM_TELEMETRY_LEVEL_ERROR 4
#define TENSORWASM_TELEMETRY_LEVEL_CRITICAL 5

#define TENSORWASM_TELEMETRY_IMPORT(name) \
    __attribute__((import_module("tensorwasm:telemetry/host@0.1.0"), import_name(name)))

TENSORWASM_TELEMETRY_IMPORT("log")
int32_t tensorwasm_telemetry_log(uint32_t level, const void * message, uint32_t message_length);

TENSORWASM_TELEMETRY_IMPORT("span-begin")
int32_t tensorwasm_telemetry_span_begin(const void * name, uint32_t name_length);

TENSORWASM_TELEMETRY_IMPORT("span-text")
int32_t tensorwasm_telemetry_span_text(
    uint32_t span, const void * key, uint32_t key_length, const void * value, uint32_t value_length);

TENSORWASM_TELEMETRY_IMPORT("span-number")
int32_t tensorwasm_telemetry_span_number(uint32_t span, const void * key, uint32_t key_length, double value);

TENSORWASM_TELEMETRY_IMPORT("span-fail")
int32_t tensorwasm_telemetry_span_fail(uint32_t span, const void * reason, uint32_t reason_length);

TENSORWASM_TELEMETRY_IMPORT("span-end")
int32_t tensorwasm_telemetry_span_end(uint32_t span);

#ifdef __cplusplus
}
#endif

#endif
