// As much of JSON as a model's guest needs: values point into the text, and nothing is allocated but decoded strings.
#ifndef JSON_H
#define JSON_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum json_kind { JSON_NONE, JSON_NULL, JSON_TRUE, JSON_FALSE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
  enum json_kind kind;
  const char *start, *end;
};

static const struct json json_none = {JSON_NONE, NULL, NULL};

static inline const char *json_blank(const char *at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
  return at;
}

// Behind the value that begins here. The gateway has parsed the text before: it is well-formed.
static inline const char *json_skip(const char *at) {
  int depth = 0;
  do {
    if (*at == '"') {
      for (at++; *at && *at != '"'; at++) at += *at == '\\' && at[1];
    } else if (*at == '{' || *at == '[') depth++;
    else if (*at == '}' || *at == ']') depth--;
    else if (depth == 0) return at + strcspn(at, ",]} \n\r\t");
    if (*at) at++;
  } while (*at && depth > 0);
  return at;
}

static inline int json_parse(const char *text, struct json *value) {
  text = json_blank(text);
  value->start = text;
  switch (*text) {
    case 0: value->kind = JSON_NONE; return 0;
    case '{': value->kind = JSON_OBJECT; break;
    case '[': value->kind = JSON_ARRAY; break;
    case '"': value->kind = JSON_STRING; break;
    case 't': value->kind = JSON_TRUE; break;
    case 'f': value->kind = JSON_FALSE; break;
    case 'n': value->kind = JSON_NULL; break;
    default: value->kind = JSON_NUMBER;
  }
  value->end = json_skip(text);
  return 1;
}

// The next element of an array or object; pass the container's start + 1 first, then what is returned.
static inline const char *json_next(const char *at, struct json *value) {
  at = json_blank(at);
  if (*at == ',' || *at == ':') at = json_blank(at + 1);
  if (*at == ']' || *at == '}' || !json_parse(at, value)) return NULL;
  return value->end;
}

// A member of an object; of kind JSON_NONE if it is null or not there.
static inline struct json json_member(struct json object, const char *name) {
  struct json key, value;
  size_t length = strlen(name);
  if (object.kind != JSON_OBJECT) return json_none;
  for (const char *at = object.start + 1; (at = json_next(at, &key)) && (at = json_next(at, &value));) {
    if ((size_t)(key.end - key.start) == length + 2 && !memcmp(key.start + 1, name, length)) {
      return value.kind == JSON_NULL ? json_none : value;
    }
  }
  return json_none;
}

static inline int json_count(struct json array) {
  struct json value;
  int count = 0;
  if (array.kind != JSON_ARRAY) return 0;
  for (const char *at = array.start + 1; (at = json_next(at, &value)); count++) {
  }
  return count;
}

static inline struct json json_item(struct json array, int index) {
  struct json value = json_none;
  for (const char *at = array.start + 1; (at = json_next(at, &value)) && index > 0; index--) {
  }
  return value;
}

static inline double json_number(struct json value, double otherwise) {
  return value.kind == JSON_NUMBER ? strtod(value.start, NULL) : otherwise;
}

static inline unsigned json_hex(const char *at) {
  unsigned value = 0;
  for (int i = 0; i < 4; i++) {
    char c = at[i];
    value = value * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  }
  return value;
}

// A string's text in UTF-8, to be freed; empty for what is no string.
static inline char *json_text(struct json value) {
  size_t length = value.kind == JSON_STRING ? (size_t)(value.end - value.start) : 1;
  char *text = malloc(length + 1), *to = text;
  if (!text) return NULL;
  const char *end = value.kind == JSON_STRING ? value.end - 1 : NULL;
  for (const char *at = value.kind == JSON_STRING ? value.start + 1 : NULL; at && at < end; at++) {
    if (*at != '\\') {
      *to++ = *at;
      continue;
    }
    switch (*++at) {
      case 'n': *to++ = '\n'; break;
      case 't': *to++ = '\t'; break;
      case 'r': *to++ = '\r'; break;
      case 'b': *to++ = '\b'; break;
      case 'f': *to++ = '\f'; break;
      case 'u': {
        unsigned c = json_hex(at + 1);
        at += 4;
        if (c >= 0xD800 && c < 0xDC00 && at[1] == '\\') {
          c = 0x10000 + ((c - 0xD800) << 10) + (json_hex(at + 3) - 0xDC00);
          at += 6;
        }
        if (c < 0x80) *to++ = (char)c;
        else if (c < 0x800) *to++ = (char)(0xC0 | c >> 6), *to++ = (char)(0x80 | (c & 63));
        else if (c < 0x10000) {
          *to++ = (char)(0xE0 | c >> 12), *to++ = (char)(0x80 | (c >> 6 & 63)), *to++ = (char)(0x80 | (c & 63));
        } else {
          *to++ = (char)(0xF0 | c >> 18), *to++ = (char)(0x80 | (c >> 12 & 63));
          *to++ = (char)(0x80 | (c >> 6 & 63)), *to++ = (char)(0x80 | (c & 63));
        }
        break;
      }
      default: *to++ = *at;
    }
  }
  *to = 0;
  return text;
}

#endif
