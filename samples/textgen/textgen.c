// A model that continues text, behind the OpenAI routes: the guest's side of docs/model-interface.md.
//
// It was trained by train.c on this repository's documentation, and its weights are part of the module. Its matrix
// products are matvec's kernel.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "model.h"
#include "tensorwasm-telemetry.h"
#include "tensorwasm.h"

__attribute__((import_module("wasi:tensor/host"), import_name("input-len"))) int input_length(void);
__attribute__((import_module("wasi:tensor/host"), import_name("read-input"))) int read_input(void *to, int length);
__attribute__((import_module("wasi:tensor/host"), import_name("emit-chunk"))) int emit_chunk(const void *bytes, int length);

enum { MAX_PROMPT = 1 << 16, DEFAULT_TOKENS = 256, MAX_TOP = 20 };

static const _Alignas(16) unsigned char weight_bytes[] = {
#embed "weights.bin"
};
_Static_assert(sizeof weight_bytes == sizeof(struct weights), "weights.bin is of another model");
static const struct weights *const w = (const struct weights *)weight_bytes;

static const char matvec_ptx[] = {
#embed "../matvec/kernel.ptx"
};
enum { MATVEC_BLOCK = 256, MATVEC_ROWS = MATVEC_BLOCK / 32, MATVEC_COLUMNS = 4 };

// The kernel; without a device an error, and this program multiplies by itself.
static tw_kernel matvec;

static uint64_t random_state;

// splitmix64
static double random_unit(void) {
  uint64_t z = random_state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

// result = matrix * vector, on the device where there is one.
static void multiply(const float *matrix, const float *vector, float *result, int rows, int columns) {
  if (matvec > 0) {
    size_t bytes = (size_t)columns * sizeof(float);
    int32_t status = tw_launch(
        matvec, tw_1d((uint32_t)rows / MATVEC_ROWS * MATVEC_BLOCK, MATVEC_BLOCK), 0, tw_in(matrix, bytes * (size_t)rows),
        tw_in(vector, bytes), tw_out(result, (size_t)rows * sizeof(float)), tw_u32((uint32_t)rows),
        tw_u32((uint32_t)columns / MATVEC_COLUMNS));
    if (status == 0) return;
    static const char message[] = "the kernel failed; the processor goes on";
    tensorwasm_telemetry_log(TENSORWASM_TELEMETRY_LEVEL_WARN, message, sizeof message - 1);
    matvec = status;
  }
  for (int k = 0; k < rows; k++) {
    float sum = 0;
    for (int j = 0; j < columns; j++) sum += matrix[k * columns + j] * vector[j];
    result[k] = sum;
  }
}

static void predict(const uint8_t *context, float *logits, float *hidden) {
  // Aligned for the kernel's accesses of 16 bytes.
  _Alignas(16) float x[INPUTS];
  for (int i = 0; i < CONTEXT; i++) memcpy(x + i * VECTOR, w->vectors[context[i]], sizeof w->vectors[0]);
  multiply(w->hidden[0], x, hidden, HIDDEN, INPUTS);
  for (int j = 0; j < HIDDEN; j++) hidden[j] = tanhf(hidden[j] + w->hidden_bias[j]);
  multiply(w->output[0], hidden, logits, SYMBOLS, HIDDEN);
  for (int k = 0; k < SYMBOLS; k++) logits[k] += w->output_bias[k];
}

static int begin_span(const char *name) { return tensorwasm_telemetry_span_begin(name, (uint32_t)strlen(name)); }

static void end_span(int span, const char *key, double value) {
  tensorwasm_telemetry_span_number((uint32_t)span, key, (uint32_t)strlen(key), value);
  tensorwasm_telemetry_span_end((uint32_t)span);
}

static void emit(const char *record) { emit_chunk(record, (int)strlen(record)); }

static int refuse(const char *message) {
  char record[256];
  snprintf(record, sizeof record, "{\"error\":{\"message\":\"%s\"}}\n", message);
  emit(record);
  return 0;
}

// Draws a symbol from the likeliest whose probabilities add up to top_p; greedy at temperature 0.
static int draw(const float *logits, double temperature, double top_p, const uint8_t *order) {
  if (temperature <= 0) return order[0];
  double weights[SYMBOLS], total = 0, kept = 0;
  for (int i = 0; i < SYMBOLS; i++) total += weights[i] = exp((logits[order[i]] - logits[order[0]]) / temperature);
  int count = 0;
  while (count < SYMBOLS && (count == 0 || kept < top_p * total)) kept += weights[count++];
  double at = random_unit() * kept;
  for (int i = 0; i < count; i++) {
    if ((at -= weights[i]) < 0) return order[i];
  }
  return order[count - 1];
}

static char *put_symbol(char *to, int symbol) {
  char c = text_of(symbol);
  if (c == '\n') return to + sprintf(to, "\\n");
  if (c == '"' || c == '\\') *to++ = '\\';
  *to++ = c;
  *to = 0;
  return to;
}

static void emit_token(int index, int symbol, const float *logits, const uint8_t *order, int top) {
  char record[2048], *to = record;
  double total = 0;
  for (int i = 0; i < SYMBOLS; i++) total += exp(logits[i] - logits[order[0]]);
  double normal = logits[order[0]] + log(total);
  to += sprintf(to, "{\"index\":%d,\"token\":\"", index);
  to = put_symbol(to, symbol);
  to += sprintf(to, "\",\"logprob\":%.6f", fmin(0, logits[symbol] - normal));
  if (top > 0) {
    to += sprintf(to, ",\"top\":{");
    for (int i = 0; i < top; i++) {
      to += sprintf(to, i ? ",\"" : "\"");
      to = put_symbol(to, order[i]);
      to += sprintf(to, "\":%.6f", fmin(0, logits[order[i]] - normal));
    }
    to += sprintf(to, "}");
  }
  sprintf(to, "}\n");
  emit(record);
}

static void sort(const float *logits, uint8_t *order) {
  for (int i = 0; i < SYMBOLS; i++) {
    int at = i;
    while (at > 0 && logits[order[at - 1]] < logits[i]) order[at] = order[at - 1], at--;
    order[at] = (uint8_t)i;
  }
}

struct settings {
  int count, tokens, top;
  double temperature, top_p;
  uint64_t seed;
};

static void continue_text(const uint8_t *prompt, int length, int first, const struct settings *settings) {
  static uint8_t text[CONTEXT + MAX_PROMPT];
  for (int n = 0; n < settings->count; n++) {
    memset(text, symbol_of('\n'), CONTEXT);
    int tail = length < CONTEXT ? length : CONTEXT;
    memcpy(text + CONTEXT - tail, prompt + length - tail, (size_t)tail);
    random_state = settings->seed + (uint64_t)(first + n) * 0x632be59bd9b4e019u;
    int span = begin_span("choice");
    for (int i = 0; i < settings->tokens; i++) {
      _Alignas(16) float logits[SYMBOLS], hidden[HIDDEN];
      uint8_t order[SYMBOLS];
      predict(text, logits, hidden);
      sort(logits, order);
      int symbol = draw(logits, settings->temperature, settings->top_p, order);
      emit_token(first + n, symbol, logits, order, settings->top);
      memmove(text, text + 1, CONTEXT - 1);
      text[CONTEXT - 1] = (uint8_t)symbol;
    }
    end_span(span, "tokens", settings->tokens);
    char record[64];
    snprintf(record, sizeof record, "{\"index\":%d,\"finish\":\"length\"}\n", first + n);
    emit(record);
  }
}

// What every call begins with.
static char *read_request(struct json *request) {
  matvec = tw_load(matvec_ptx, sizeof matvec_ptx, "matvec");
  int length = input_length();
  char *text = malloc((size_t)length + 1);
  if (!text) return NULL;
  length = read_input(text, length);
  text[length < 0 ? 0 : length] = 0;
  return json_parse(text, request) && request->kind == JSON_OBJECT ? text : NULL;
}

// What is not ASCII is one blank a character.
static int add_symbols(struct json value, uint8_t *to, int count) {
  char *text = json_text(value);
  for (const char *c = text; c && *c && count < MAX_PROMPT; c++) {
    if (((unsigned char)*c & 0xC0) != 0x80) to[count++] = (uint8_t)symbol_of((unsigned char)*c);
  }
  free(text);
  return count;
}

static int symbols_of(struct json value, uint8_t *to) {
  // A message may come in parts; those that are not text say nothing to this model.
  int count = value.kind == JSON_STRING ? add_symbols(value, to, 0) : 0;
  for (int i = 0; i < json_count(value); i++) count = add_symbols(json_member(json_item(value, i), "text"), to, count);
  return count;
}

static struct settings read_settings(struct json request) {
  struct settings settings = {
      .count = (int)json_number(json_member(request, "n"), 1),
      .tokens = (int)json_number(json_member(request, "max_tokens"), DEFAULT_TOKENS),
      .top = (int)json_number(json_member(request, "logprobs"), 0),
      .temperature = json_number(json_member(request, "temperature"), 1),
      .top_p = json_number(json_member(request, "top_p"), 1),
      .seed = (uint64_t)(int64_t)json_number(json_member(request, "seed"), 0),
  };
  if (json_member(request, "seed").kind == JSON_NONE && settings.temperature > 0) {
    getentropy(&settings.seed, sizeof settings.seed);
  }
  if (settings.top > MAX_TOP) settings.top = MAX_TOP;
  return settings;
}

__attribute__((export_name("generate"))) int generate(void) {
  static uint8_t prompt[MAX_PROMPT];
  struct json request;
  if (!read_request(&request)) return refuse("the request is no JSON object");
  struct settings settings = read_settings(request);
  struct json prompts = json_member(request, "prompts"), messages = json_member(request, "messages");
  int tokens = 0, first = 0;
  char record[64];
  // Counted before anything is generated: the count comes first.
  for (int i = 0; i < json_count(prompts); i++) {
    if (json_item(prompts, i).kind != JSON_STRING) return refuse("this model has no token ids; send text");
    tokens += symbols_of(json_item(prompts, i), prompt);
  }
  int chat = 0;
  for (int i = 0; i < json_count(messages); i++) {
    chat = symbols_of(json_member(json_item(messages, i), "content"), prompt);
    tokens += chat;
  }
  snprintf(record, sizeof record, "{\"prompt_tokens\":%d}\n", tokens);
  emit(record);
  if (json_count(messages) > 0) continue_text(prompt, chat, 0, &settings);
  for (int i = 0; i < json_count(prompts); i++, first += settings.count) {
    continue_text(prompt, symbols_of(json_item(prompts, i), prompt), first, &settings);
  }
  return 0;
}

// A text's vector: the mean of the hidden layer over its characters, of length 1.
__attribute__((export_name("embed"))) int embed(void) {
  static uint8_t text[CONTEXT + MAX_PROMPT];
  struct json request;
  if (!read_request(&request)) return refuse("the request is no JSON object");
  struct json inputs = json_member(request, "inputs");
  int tokens = 0;
  for (int i = 0; i < json_count(inputs); i++) {
    if (json_item(inputs, i).kind != JSON_STRING) return refuse("this model has no token ids; send text");
    memset(text, symbol_of('\n'), CONTEXT);
    int length = symbols_of(json_item(inputs, i), text + CONTEXT);
    double sum[HIDDEN] = {0}, square = 0;
    for (int at = 1; at <= length; at++) {
      _Alignas(16) float logits[SYMBOLS], hidden[HIDDEN];
      predict(text + at, logits, hidden);
      for (int j = 0; j < HIDDEN; j++) sum[j] += hidden[j];
    }
    for (int j = 0; j < HIDDEN; j++) square += sum[j] * sum[j];
    char record[HIDDEN * 16 + 64], *to = record;
    to += sprintf(to, "{\"index\":%d,\"embedding\":[", i);
    for (int j = 0; j < HIDDEN; j++) {
      to += sprintf(to, j ? ",%.6f" : "%.6f", square > 0 ? sum[j] / sqrt(square) : 0);
    }
    sprintf(to, "]}\n");
    emit(record);
    tokens += length;
  }
  char record[64];
  snprintf(record, sizeof record, "{\"prompt_tokens\":%d}\n", tokens);
  emit(record);
  return 0;
}
