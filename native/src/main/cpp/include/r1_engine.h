/* The engine's C ABI: C11, fixed sizes, no callbacks, no exceptions.
 *
 * Any thread may call anything, but only one polls an engine at a time, and create and destroy are
 * exclusive. Every accepted submit yields exactly one FINISHED or ERROR event, unless the engine is
 * destroyed before. Text is UTF-8. Error text has at most 1,024 bytes and no text of a prompt. */
#ifndef R1_ENGINE_H
#define R1_ENGINE_H

#include <stdint.h>

#if defined(__GNUC__)
#define R1_API __attribute__((visibility("default")))
#else
#define R1_API
#endif

#ifdef __cplusplus
#define R1_NOEXCEPT noexcept
extern "C" {
#else
#define R1_NOEXCEPT
#endif

#define R1_ABI_VERSION 1u /* raised with any change */

#define R1_PIECE_BYTES_MAX 512u
#define R1_EVENTS_PER_TOKEN_MAX 12u /* TOKEN, 10 × CONT, FINISHED */
#define R1_STOP_IDS_MAX 16u
#define R1_END_IDS_MAX 16u
#define R1_TEXT_BYTES_MAX (2u << 20)
#define R1_ERROR_BYTES_MAX 1024u

typedef struct r1_engine r1_engine;
typedef int32_t r1_status;

enum {
  R1_OK = 0,           /* done */
  R1_TIMEOUT = 1,      /* nothing came; unchanged */
  R1_INVALID = 2,      /* bad argument; unchanged */
  R1_UNSUPPORTED = 3,  /* feature or backend missing; unchanged */
  R1_TOO_LARGE = 4,    /* beyond a limit, or see *needed; unchanged */
  R1_ABI_MISMATCH = 5, /* other version of this header; unchanged */
  R1_QUEUE_FULL = 6,   /* max_waiting reached; nothing queued */
  R1_NOT_FOUND = 7,    /* unknown or finished: normal in a race */
  R1_STATE = 8,        /* loading, draining, failed, second poller; unchanged */
  R1_MODEL = 9,        /* load refused; phase FAILED */
  R1_MEMORY = 10,      /* does not fit; phase FAILED */
  R1_REQUEST = 11,     /* this request failed; its slot is free, others go on */
  R1_FATAL = 12        /* backend died; all requests got ERROR; phase FAILED */
};

enum { R1_LOADING = 0, R1_READY = 1, R1_DRAINING = 2, R1_DRAINED = 3, R1_FAILED = 4 };

/* Start from r1_options_default(). */
typedef struct {
  uint32_t struct_size, abi_version;
  const char *backend;     /* "llamacpp": libr1_<backend>.so in library_dir */
  const char *model_path;  /* GGUF file */
  const char *library_dir; /* where the backend's libraries are */
  uint32_t max_sequences;  /* default 16, 1..240 */
  uint32_t max_waiting;    /* default 64, ..4096 */
  uint32_t context_tokens; /* 0 = the model's */
  uint32_t step_tokens;    /* default 512, max_sequences..8192 */
  uint32_t chunk_tokens;   /* default 256, 1..step_tokens */
  uint32_t threads;        /* 0 = cores - 1, at least 1 */
  uint32_t ring_events;    /* default 65536, ..1048576 */
} r1_options;

enum { R1_IGNORE_END = 1u };

/* Copied by r1_submit. */
typedef struct {
  uint32_t struct_size, flags; /* R1_IGNORE_END */
  uint64_t request_id;         /* caller's, not 0, unique among unfinished requests */
  const int32_t *prompt_ids;
  uint32_t prompt_count; /* at least 1 */
  uint32_t max_tokens;   /* at least 1; prompt + max_tokens fit the context */
  uint32_t min_tokens;   /* before them no end or stop token */
  int32_t priority;      /* higher starts first, then first come */
  uint64_t seed;
  uint64_t cache_salt;  /* equal salts share prompt prefixes; 0 = share nothing */
  uint64_t deadline_us; /* from submit; 0 = none */
  float temperature;    /* 0 = greedy */
  float top_p, min_p;   /* 1 and 0 = off */
  int32_t top_k;        /* 0 = off */
  const int32_t *stop_ids;
  uint32_t stop_count;
} r1_request;

enum { R1_EVENT_TOKEN = 1, R1_EVENT_CONT = 2, R1_EVENT_FINISHED = 3, R1_EVENT_ERROR = 4 };
enum { R1_TOKEN_END = 1u, R1_TOKEN_CONTROL = 2u };
enum { R1_END = 1, R1_STOP_ID = 2, R1_LENGTH = 3, R1_CANCELLED = 4, R1_DEADLINE = 5 };

/* 64 bytes. One token's records share a poll: TOKEN, then CONT with 48 more piece bytes each. */
typedef struct {
  uint64_t request_id;
  uint16_t kind;
  uint16_t flags;   /* TOKEN: R1_TOKEN_*; FINISHED: the reason */
  int32_t token_id; /* TOKEN; ERROR: the status */
  union {
    struct {
      float logprob;  /* not computed yet: 0 */
      uint32_t index; /* from 1 */
      uint16_t piece_bytes;
      uint16_t top_count; /* no TOP records yet: 0 */
      uint32_t cached_tokens;
      uint8_t piece[32];
    } token;
    struct {
      uint32_t prompt_tokens, cached_tokens, output_tokens, overrun_tokens;
      uint64_t queue_us, prefill_us, decode_us;
      uint64_t ids_hash; /* FNV-1a, 64 bits, of the output ids as little-endian int32 */
    } last;
    uint8_t more[48];
  } body;
} r1_event;

typedef struct {
  int32_t phase, status; /* status: why it FAILED, else R1_OK */
  float progress;        /* of loading, 0..1 */
} r1_state;

/* 512 bytes; texts end with 0; ids are -1 where the model has none. */
typedef struct {
  int32_t vocabulary_size, context_tokens, max_sequences, piece_bytes_max;
  int32_t bos_id, think_open_id, think_close_id, reserved;
  int32_t end_count, reserved2;
  int64_t kv_tokens, file_bytes, parameters;
  int32_t end_ids[R1_END_IDS_MAX];
  char sha256[72], backend[56], backend_version[64], name[128], architecture[64];
} r1_model;

typedef struct {
  uint64_t waiting, running, kv_tokens_used, kv_tokens_total;
  uint64_t prompt_tokens, cached_tokens, output_tokens, steps, step_us, finished;
} r1_stats_snapshot;

R1_API uint32_t r1_abi_version(void) R1_NOEXCEPT;
R1_API void r1_options_default(r1_options *options) R1_NOEXCEPT;

/* Returns at once; the engine's thread loads the model. On failure *engine is unchanged and
 * r1_last_error(NULL) explains. */
R1_API r1_status r1_engine_create(const r1_options *options, r1_engine **engine) R1_NOEXCEPT;

/* Where it stands. Waits up to wait_ms (at most 1000) while it is LOADING. */
R1_API r1_status r1_engine_state(r1_engine *engine, uint32_t wait_ms, r1_state *state) R1_NOEXCEPT;

/* R1_STATE before READY. */
R1_API r1_status r1_model_info(r1_engine *engine, r1_model *model) R1_NOEXCEPT;

/* UTF-8 to ids without BOS, markers in it read as text. R1_TOO_LARGE: capacity below *needed. */
R1_API r1_status r1_tokenize(r1_engine *engine, const uint8_t *text, uint32_t bytes, int32_t *ids,
                             uint32_t capacity, uint32_t *needed) R1_NOEXCEPT;
R1_API r1_status r1_detokenize(r1_engine *engine, const int32_t *ids, uint32_t count, uint8_t *text,
                               uint32_t capacity, uint32_t *needed) R1_NOEXCEPT;

/* The id of a control or user-defined token; R1_NOT_FOUND if it is none. */
R1_API r1_status r1_token_id(r1_engine *engine, const uint8_t *piece, uint32_t bytes,
                             int32_t *id) R1_NOEXCEPT;

/* R1_QUEUE_FULL: nothing taken, engine unchanged; submit again after a poll. */
R1_API r1_status r1_submit(r1_engine *engine, const r1_request *request) R1_NOEXCEPT;

/* Takes effect with the next step. */
R1_API r1_status r1_cancel(r1_engine *engine, uint64_t request_id) R1_NOEXCEPT;

/* Waits up to timeout_ms (at most 1000) for events; capacity 12..65536. R1_FATAL once the engine
 * has failed and all events are read. */
R1_API r1_status r1_poll(r1_engine *engine, r1_event *events, uint32_t capacity,
                         uint32_t timeout_ms, uint32_t *count) R1_NOEXCEPT;

/* Makes the running poll, or else the next one, and a waiting r1_engine_state return at once. */
R1_API r1_status r1_wake(r1_engine *engine) R1_NOEXCEPT;

R1_API r1_status r1_stats(r1_engine *engine, r1_stats_snapshot *stats) R1_NOEXCEPT;

/* No new request is taken; DRAINED when the accepted ones have ended. */
R1_API r1_status r1_drain(r1_engine *engine) R1_NOEXCEPT;

/* Ends all work, joins the threads, frees everything. NULL is nothing. */
R1_API void r1_engine_destroy(r1_engine *engine) R1_NOEXCEPT;

/* The last error of this thread's calls (NULL), or why the engine failed; returns its length. */
R1_API uint32_t r1_last_error(const r1_engine *engine, char *utf8, uint32_t capacity) R1_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
