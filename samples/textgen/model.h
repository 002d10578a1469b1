// The shape of the model that train.c makes and textgen.c runs.
#ifndef MODEL_H
#define MODEL_H

enum {
  SYMBOLS = 96,  // line feed, and printable ASCII from the blank to ~
  CONTEXT = 16,  // characters that the next one depends on
  VECTOR = 12,   // numbers that stand for a character
  HIDDEN = 192,  // units of the hidden layer
  INPUTS = CONTEXT * VECTOR
};

struct weights {
  float vectors[SYMBOLS][VECTOR];
  float hidden[HIDDEN][INPUTS];
  float hidden_bias[HIDDEN];
  float output[SYMBOLS][HIDDEN];
  float output_bias[SYMBOLS];
};

// What is no symbol is a blank.
static inline int symbol_of(int c) { return c == '\n' ? 0 : c >= ' ' && c <= '~' ? c - ' ' + 1 : 1; }
static inline char text_of(int symbol) { return symbol == 0 ? '\n' : (char)(symbol - 1 + ' '); }

#endif
