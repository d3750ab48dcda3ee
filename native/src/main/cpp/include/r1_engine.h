/* The engine's C ABI: C11, fixed sizes, no callbacks, no exceptions.
 *
 * Threads: any thread may call anything, but only one polls an engine at a time, and
 * r1_engine_create and r1_engine_destroy of one engine are exclusive of all its other calls. No
 * function but r1_engine_state and r1_poll waits for the engine; r1_engine_destroy waits for its
 * threads.
 *
 * Requests: every accepted submit yields exactly one FINISHED or ERROR event, its last, unless the
 * engine is destroyed before. Every sampled token is one TOKEN event, the end token too.
 *
 * Errors: every function returns a status; what state it leaves stands at its enum. The reason is
 * then r1_last_error(NULL, …) of the same thread, but for R1_NOT_FOUND and R1_TIMEOUT, which leave
 * the one before. R1_REQUEST from any function: something inside failed, mostly for want of memory;
 * nothing was queued. Text is UTF-8; an error's text has at most 1,023 bytes and no text of a
 * prompt. */
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

#define R1_ABI_VERSION 4u /* raised with any change */

#define R1_PIECE_BYTES_MAX 512u
#define R1_EVENTS_PER_TOKEN_MAX 16u /* TOKEN, 10 × CONT, 4 × TOP, FINISHED */
#define R1_TOPS_PER_EVENT 6u
#define R1_TOP_LOGPROBS_MAX 20u
#define R1_STOP_IDS_MAX 16u
#define R1_END_IDS_MAX 16u
#define R1_BIAS_MAX 300u
#define R1_CONSTRAINT_BYTES_MAX (64u << 10)
#define R1_JSON_BYTES_MAX (64u << 10)
#define R1_TEXT_BYTES_MAX (2u << 20)
#define R1_ERROR_BYTES_MAX 1024u
#define R1_UNKNOWN UINT32_MAX /* a count the backend does not tell */

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
  R1_NOT_FOUND = 7,    /* unknown or finished: normal in a race; unchanged */
  R1_STATE = 8,        /* loading, draining, failed, second poller; unchanged */
  R1_MODEL = 9,        /* load refused; phase FAILED: only last_error and destroy are left */
  R1_MEMORY = 10,      /* does not fit; phase FAILED: only last_error and destroy are left */
  R1_REQUEST = 11,     /* this request failed; its slot is free, others go on */
  R1_FATAL = 12        /* backend died; all requests got ERROR; only poll, last_error, destroy */
};

/* In this order; FAILED after any. */
enum { R1_LOADING = 0, R1_READY = 1, R1_DRAINING = 2, R1_DRAINED = 3, R1_FAILED = 4 };

enum {
  R1_PREFIX_CACHE = 1u,    /* requests of equal salt share computed prompt prefixes; default */
  R1_FLASH_ATTENTION = 2u, /* where the backend has it; default. Never with F32 weights */
  R1_ALLOW_SIMULATED = 4u  /* else the backend "sim" is refused: its tokens mean nothing */
};

/* Start from r1_options_default(). Copied by r1_engine_create. */
typedef struct {
  uint32_t struct_size, abi_version;
  const char *backend;       /* "llamacpp", "trtllm": libr1_<backend>.so in library_dir; "sim" */
  const char *model_path;    /* GGUF file, checkpoint directory, or preset of sim */
  const char *library_dir;   /* where the backend's libraries are */
  const char *backend_json;  /* the backend's own settings, at most 64 KiB; NULL = none */
  uint32_t max_sequences;    /* default 16; llamacpp ..240, others ..8192 */
  uint32_t max_waiting;      /* default 64, ..4096 */
  uint32_t context_tokens;   /* 0 = the model's */
  uint32_t step_tokens;      /* default 512, max_sequences..8192 */
  uint32_t chunk_tokens;     /* default 256, 1..step_tokens */
  uint32_t threads;          /* 0 = cores - 1, at least 1 */
  uint32_t ring_events;      /* default 65536, 16 × max_sequences + max_waiting + 1..1048576 */
  uint32_t flags;            /* R1_PREFIX_CACHE and what follows it */
  uint64_t memory_bytes_max; /* for the cache of keys and values; 0 = what is free */
} r1_options;

/* Of a request. */
enum {
  R1_IGNORE_END = 1u,   /* the model's end tokens are tokens like all others */
  R1_LOGPROBS = 2u,     /* TOKEN events carry the logprob, TOP events the top_logprobs likeliest */
  R1_MAY_END_FIRST = 4u /* the output may also end before constraint_after_id comes */
};

enum {
  R1_NO_CONSTRAINT = 0,
  R1_JSON_OBJECT = 1, /* any JSON object; constraint is NULL */
  R1_JSON_SCHEMA = 2,
  R1_REGEX = 3,
  R1_GRAMMAR = 4 /* GBNF with the rule root */
};

typedef struct {
  int32_t id;
  float bias; /* added to the logit; -INFINITY bans */
} r1_bias;

/* Copied by r1_submit. Sampling applies penalties, bias, top-k, top-p, min-p, temperature and a
 * draw that follows from seed and index alone, in this order. */
typedef struct {
  uint32_t struct_size, flags; /* R1_IGNORE_END and what follows it */
  uint64_t request_id;         /* caller's, not 0, unique among unfinished requests */
  const int32_t *prompt_ids;   /* ids, */
  const uint8_t *prompt_text;  /* or UTF-8, BOS included by the engine; the other is NULL */
  uint32_t prompt_count;       /* at least 1 */
  uint32_t prompt_bytes;       /* at most R1_TEXT_BYTES_MAX */
  uint32_t max_tokens;         /* at least 1; prompt + max_tokens fit the context */
  uint32_t min_tokens;         /* before them no end or stop token, but where a constraint ends */
  int32_t priority;            /* higher starts first, then first come */
  uint64_t seed;
  uint64_t cache_salt;      /* equal salts share prompt prefixes; 0 = share nothing */
  uint64_t deadline_us;     /* from submit; 0 = none */
  float temperature;        /* 0 = greedy, ..100 */
  float top_p, min_p;       /* 1 and 0 = off */
  float repetition_penalty; /* over prompt and output, above 0 to 10; 0 and 1 = off */
  float presence_penalty;   /* over the output, -2..2 */
  float frequency_penalty;  /* over the output, -2..2 */
  int32_t top_k;            /* 0 = off */
  uint32_t top_logprobs;    /* ..20, with R1_LOGPROBS */
  const int32_t *stop_ids;
  const r1_bias *bias;
  uint32_t stop_count; /* ..16 */
  uint32_t bias_count; /* ..300 */
  uint32_t constraint_kind;
  int32_t constraint_after_id; /* -1 = at once; else after this token, which must come */
  const char *constraint;      /* at most 64 KiB */
} r1_request;

enum {
  R1_EVENT_TOKEN = 1,
  R1_EVENT_CONT = 2,
  R1_EVENT_FINISHED = 3,
  R1_EVENT_ERROR = 4,
  R1_EVENT_TOP = 5,
  R1_EVENT_STATS = 6
};
enum { R1_TOKEN_END = 1u, R1_TOKEN_CONTROL = 2u };
enum {
  R1_END = 1,       /* an end token came */
  R1_STOP_ID = 2,   /* a stop token came */
  R1_LENGTH = 3,    /* max_tokens */
  R1_CANCELLED = 4, /* r1_cancel */
  R1_DEADLINE = 5,  /* deadline_us passed */
  R1_GRACE_OVER = 6 /* DRAINED: r1_drain's time passed */
};

typedef struct {
  int32_t id;
  float logprob;
} r1_top;

/* 64 bytes. One token's records share a poll: TOKEN, CONT with 48 more piece bytes each, TOP with
 * six alternatives each, the likeliest first. STATS comes at most once a second while requests
 * run. */
typedef struct {
  uint64_t request_id; /* STATS: 0 */
  uint16_t kind;
  uint16_t flags;   /* TOKEN: R1_TOKEN_*; FINISHED: the reason; STATS: the phase, when polled */
  int32_t token_id; /* TOKEN; ERROR: the status */
  union {
    struct {
      float logprob;  /* of the raw logits, natural; 0 without R1_LOGPROBS */
      uint32_t index; /* from 1 */
      uint16_t piece_bytes;
      uint16_t top_count;     /* alternatives in the TOP records that follow */
      uint32_t cached_tokens; /* of the prompt; R1_UNKNOWN if the backend does not tell */
      uint8_t piece[32];
    } token;
    struct {
      /* Overrun: computed after a stop or cancel took effect, without an event, never charged. */
      uint32_t prompt_tokens, cached_tokens, output_tokens, overrun_tokens;
      uint64_t queue_us, prefill_us, decode_us;
      uint64_t ids_hash; /* FNV-1a, 64 bits, of the output ids as little-endian int32 */
    } last;
    struct {
      uint32_t waiting, running, kv_tokens_used, kv_tokens_total;
      uint64_t prompt_tokens, output_tokens, prefix_hit_tokens, steps;
    } stats;
    r1_top top[R1_TOPS_PER_EVENT];
    uint8_t more[48];
  } body;
} r1_event;

typedef struct {
  int32_t phase, status; /* status: why it FAILED, else R1_OK */
  float progress;        /* of loading, 0..1 */
} r1_state;

/* What a request may ask of a loaded model; else r1_submit answers R1_UNSUPPORTED. */
enum {
  R1_CAN_LOGPROBS = 1u,
  R1_CAN_PENALTIES = 2u,
  R1_CAN_BIAS = 4u,
  R1_CAN_MIN_TOKENS = 8u,
  R1_CAN_MIN_P = 16u,
  R1_CAN_TEXT = 32u, /* prompt_text, r1_tokenize */
  R1_CAN_JSON_OBJECT = 1u << 8,
  R1_CAN_JSON_SCHEMA = 1u << 9,
  R1_CAN_REGEX = 1u << 10,
  R1_CAN_GRAMMAR = 1u << 11,
  R1_CAN_END_FIRST = 1u << 12 /* R1_MAY_END_FIRST */
};

/* 512 bytes; texts end with 0; ids are -1 where the model has none. */
typedef struct {
  int32_t vocabulary_size, context_tokens, max_sequences, piece_bytes_max;
  int32_t bos_id, think_open_id, think_close_id;
  uint32_t features; /* R1_CAN_* */
  int32_t end_count;
  uint32_t simulated; /* 1: of backend sim, means nothing */
  int64_t kv_tokens, file_bytes, parameters;
  int32_t end_ids[R1_END_IDS_MAX];
  char sha256[72], backend[56], backend_version[64], name[128], architecture[64];
} r1_model;

/* 136 bytes. Counters since READY, but for what is named as of now. */
typedef struct {
  uint64_t waiting, running;                /* now */
  uint64_t kv_tokens_used, kv_tokens_total; /* now; used: reserved by running requests */
  uint64_t kv_tokens_cached;                /* now; kept for prefixes, given up when needed */
  uint64_t prefix_asked_tokens;             /* prompt tokens of started requests with a salt */
  uint64_t prefix_hit_tokens;               /* those found */
  uint64_t prompt_tokens;                   /* computed or found */
  uint64_t output_tokens, overrun_tokens;
  uint64_t output_tokens_per_second; /* over the last second */
  uint64_t steps, step_us;
  uint64_t finished, failed; /* requests ended; failed: those of them that ended by ERROR */
  uint64_t rejected;         /* submits refused as QUEUE_FULL */
  uint64_t draws_rejected;   /* tokens drawn again because a constraint forbade them */
} r1_stats_snapshot;

/* The version the library was built with. Any thread, never fails. */
R1_API uint32_t r1_abi_version(void) R1_NOEXCEPT;

/* Fills in the defaults; NULL is nothing. */
R1_API void r1_options_default(r1_options *options) R1_NOEXCEPT;

/* Returns at once; the engine's thread loads the model (LOADING, then READY or FAILED).
 * R1_INVALID: an option is missing or out of range. R1_UNSUPPORTED: the backend's library does not
 * load, or it is simulated and not allowed. R1_ABI_MISMATCH: struct_size or abi_version.
 * On failure *engine is unchanged and r1_last_error(NULL) explains. */
R1_API r1_status r1_engine_create(const r1_options *options, r1_engine **engine) R1_NOEXCEPT;

/* Where it stands. Waits up to wait_ms (at most 1000) while it is LOADING, or for r1_wake. */
R1_API r1_status r1_engine_state(r1_engine *engine, uint32_t wait_ms, r1_state *state) R1_NOEXCEPT;

/* The loaded model, constant. R1_STATE before READY. */
R1_API r1_status r1_model_info(r1_engine *engine, r1_model *model) R1_NOEXCEPT;

/* UTF-8 to ids without BOS, markers in it read as text; at most 2 MiB.
 * R1_TOO_LARGE: capacity is below *needed, or bytes beyond the limit (*needed unchanged).
 * R1_INVALID: not UTF-8. R1_STATE before READY. R1_UNSUPPORTED without R1_CAN_TEXT. */
R1_API r1_status r1_tokenize(r1_engine *engine, const uint8_t *text, uint32_t bytes, int32_t *ids,
                             uint32_t capacity, uint32_t *needed) R1_NOEXCEPT;

/* The ids' pieces, one after another; at most 2 Mi ids. Errors as r1_tokenize; R1_INVALID: an id
 * outside the vocabulary. */
R1_API r1_status r1_detokenize(r1_engine *engine, const int32_t *ids, uint32_t count, uint8_t *text,
                               uint32_t capacity, uint32_t *needed) R1_NOEXCEPT;

/* The id of a control or user-defined token; R1_NOT_FOUND if it is none; R1_STATE before READY. */
R1_API r1_status r1_token_id(r1_engine *engine, const uint8_t *piece, uint32_t bytes,
                             int32_t *id) R1_NOEXCEPT;

/* Queues a request. R1_INVALID: a field out of range, an id outside the vocabulary, a request id
 * in use, a constraint that does not parse. R1_UNSUPPORTED: see r1_model.features. R1_TOO_LARGE:
 * prompt and max_tokens pass the context or all cells, a text 2 MiB or a constraint 64 KiB; or with
 * trtllm a prompt passes max_num_tokens without chunked prefill. R1_QUEUE_FULL: submit again after
 * a poll. R1_STATE: not READY. All of these leave the engine unchanged. */
R1_API r1_status r1_submit(r1_engine *engine, const r1_request *request) R1_NOEXCEPT;

/* Ends a request early; takes effect with the next step. Its last event has the reason CANCELLED,
 * or another if it had ended by then. R1_NOT_FOUND: unknown, or its last event is made. */
R1_API r1_status r1_cancel(r1_engine *engine, uint64_t request_id) R1_NOEXCEPT;

/* Waits up to timeout_ms (at most 1000) for events, and takes up to capacity of them, 16..65536.
 * R1_TIMEOUT: *count is 0. R1_STATE: another thread polls. R1_FATAL: the engine has failed and all
 * events are read; *count is 0. */
R1_API r1_status r1_poll(r1_engine *engine, r1_event *events, uint32_t capacity,
                         uint32_t timeout_ms, uint32_t *count) R1_NOEXCEPT;

/* Makes the running poll, or else the next one, and a waiting r1_engine_state return at once. */
R1_API r1_status r1_wake(r1_engine *engine) R1_NOEXCEPT;

/* Counters. R1_STATE before READY. */
R1_API r1_status r1_stats(r1_engine *engine, r1_stats_snapshot *stats) R1_NOEXCEPT;

/* No new request is taken; DRAINED when the accepted ones have ended. Those still unfinished after
 * grace_us end with R1_GRACE_OVER; 0 = no limit. Again: only a shorter time counts.
 * R1_STATE: LOADING or FAILED. */
R1_API r1_status r1_drain(r1_engine *engine, uint64_t grace_us) R1_NOEXCEPT;

/* Ends all work, joins the threads, frees everything; events not polled are lost. NULL is nothing.
 * Exclusive: no other call of this engine runs or follows. */
R1_API void r1_engine_destroy(r1_engine *engine) R1_NOEXCEPT;

/* Why the engine failed; or, for NULL or an engine that has not, the last error of this thread's
 * calls. Writes at most capacity bytes without a 0 and returns how many; utf8 may be NULL. */
R1_API uint32_t r1_last_error(const r1_engine *engine, char *utf8, uint32_t capacity) R1_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
