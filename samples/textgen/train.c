// Trains the model of textgen.c on text: train WEIGHTS FILE... Deterministic for one compiler and machine.
//
// The model is a character model after Bengio et al. (2003): the last CONTEXT characters, each as a learned vector, go
// through one hidden layer to the probabilities of the next one.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { BATCH = 64, EPOCHS = 40, MAX_TEXT = 4 << 20 };

static struct weights w, gradient, moment, square;
static uint8_t text[MAX_TEXT];
static uint64_t random_state = 42;

static uint32_t random_number(void) {
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(random_state >> 33);
}

static float uniform(float scale) { return ((float)random_number() / 2147483648.0f * 2 - 1) * scale; }

static void fill(float *values, size_t count, float scale) {
  for (size_t i = 0; i < count; i++) values[i] = uniform(scale);
}

// One example: adds its gradient, answers its loss in nats.
static float learn(const uint8_t *context, int target) {
  float x[INPUTS], h[HIDDEN], y[SYMBOLS], dh[HIDDEN], dx[INPUTS];
  for (int i = 0; i < CONTEXT; i++) memcpy(x + i * VECTOR, w.vectors[context[i]], sizeof w.vectors[0]);
  for (int j = 0; j < HIDDEN; j++) {
    float sum = w.hidden_bias[j];
    for (int i = 0; i < INPUTS; i++) sum += w.hidden[j][i] * x[i];
    h[j] = tanhf(sum);
  }
  float most = -1e30f, total = 0;
  for (int k = 0; k < SYMBOLS; k++) {
    float sum = w.output_bias[k];
    for (int j = 0; j < HIDDEN; j++) sum += w.output[k][j] * h[j];
    y[k] = sum;
    if (sum > most) most = sum;
  }
  for (int k = 0; k < SYMBOLS; k++) total += y[k] = expf(y[k] - most);
  for (int k = 0; k < SYMBOLS; k++) y[k] /= total;
  float loss = -logf(y[target] + 1e-12f);
  y[target] -= 1;
  memset(dh, 0, sizeof dh);
  for (int k = 0; k < SYMBOLS; k++) {
    gradient.output_bias[k] += y[k];
    for (int j = 0; j < HIDDEN; j++) {
      gradient.output[k][j] += y[k] * h[j];
      dh[j] += y[k] * w.output[k][j];
    }
  }
  memset(dx, 0, sizeof dx);
  for (int j = 0; j < HIDDEN; j++) {
    float d = dh[j] * (1 - h[j] * h[j]);
    gradient.hidden_bias[j] += d;
    for (int i = 0; i < INPUTS; i++) {
      gradient.hidden[j][i] += d * x[i];
      dx[i] += d * w.hidden[j][i];
    }
  }
  for (int i = 0; i < CONTEXT; i++) {
    for (int v = 0; v < VECTOR; v++) gradient.vectors[context[i]][v] += dx[i * VECTOR + v];
  }
  return loss;
}

// Adam.
static void step(int number, float rate) {
  float *value = (float *)&w, *g = (float *)&gradient, *m = (float *)&moment, *s = (float *)&square;
  float first = 1 - powf(0.9f, number), second = 1 - powf(0.999f, number);
  for (size_t i = 0; i < sizeof w / sizeof(float); i++) {
    float d = g[i] / BATCH;
    m[i] = 0.9f * m[i] + 0.1f * d;
    s[i] = 0.999f * s[i] + 0.001f * d * d;
    value[i] -= rate * (m[i] / first) / (sqrtf(s[i] / second) + 1e-8f);
    g[i] = 0;
  }
}

int main(int count, char **arguments) {
  if (count < 3) return fprintf(stderr, "usage: train WEIGHTS FILE...\n"), 2;
  size_t length = CONTEXT;
  memset(text, symbol_of('\n'), CONTEXT);
  for (int i = 2; i < count; i++) {
    FILE *file = fopen(arguments[i], "rb");
    if (!file) return perror(arguments[i]), 1;
    int c, last = '\n';
    while ((c = fgetc(file)) != EOF && length < MAX_TEXT) {
      // Runs of blanks and of line ends teach nothing.
      if (c == '\r' || (c == ' ' && last == ' ') || (c & 0x80)) continue;
      text[length++] = (uint8_t)symbol_of(c);
      last = c;
    }
    fclose(file);
  }
  fill(&w.vectors[0][0], SYMBOLS * VECTOR, 0.5f);
  fill(&w.hidden[0][0], HIDDEN * INPUTS, 1 / sqrtf(INPUTS));
  fill(&w.output[0][0], SYMBOLS * HIDDEN, 1 / sqrtf(HIDDEN));
  size_t batches = (length - CONTEXT) / BATCH * EPOCHS;
  double loss = 0;
  for (size_t b = 0; b < batches; b++) {
    for (int i = 0; i < BATCH; i++) {
      size_t at = random_number() % (length - CONTEXT);
      loss += learn(text + at, text[at + CONTEXT]);
    }
    step((int)b + 1, 0.002f * (1 - (float)b / batches) + 0.0001f);
    if ((b + 1) % 1000 == 0) {
      printf("%zu of %zu: %.3f bits a character\n", b + 1, batches, loss / (1000.0 * BATCH) / log(2));
      fflush(stdout);
      loss = 0;
    }
  }
  FILE *out = fopen(arguments[1], "wb");
  if (!out || fwrite(&w, sizeof w, 1, out) != 1 || fclose(out)) return perror(arguments[1]), 1;
  return 0;
}
