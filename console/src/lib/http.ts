/** JSON over fetch with the session cookie, the CSRF header on writes, and RFC 9457 errors. */
import { probeSchema, type Probe } from '@/lib/probe';
import { z } from '@/lib/wire';

const problemSchema = z.object({
  title: z.optional(z.string()),
  detail: z.optional(z.string()),
  code: z.optional(z.string()),
  /** Which field or parameter it is about. */
  param: z.optional(z.string()),
  request_id: z.optional(z.string()),
  /** What a refused caller would have needed. */
  permission: z.optional(z.string()),
  /** What makes a server of others unfit. */
  probe: z.optional(probeSchema),
});

/** An answer that is not a success; `status` 0 means that no answer came. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;
  readonly param: string | undefined;
  readonly requestId: string | undefined;
  readonly permission: string | undefined;
  readonly probe: Probe | undefined;
  readonly retryAfterSeconds: string | undefined;

  constructor(status: number, fields: z.infer<typeof problemSchema>, retryAfter?: string | null) {
    super(fields.title ?? (status === 0 ? 'No answer from the server' : `HTTP ${status}`));
    this.name = 'Problem';
    this.status = status;
    this.code = fields.code ?? (status === 0 ? 'unreachable' : `http_${status}`);
    this.detail = fields.detail;
    this.param = fields.param;
    this.requestId = fields.request_id;
    this.permission = fields.permission;
    this.probe = fields.probe;
    this.retryAfterSeconds = retryAfter ?? undefined;
  }
}

/** Header and token that every write must carry; changes with each session. */
export interface Csrf {
  header: string;
  token: string;
}

let csrf: Csrf | undefined;

export function rememberCsrf(next: Csrf): void {
  csrf = next;
}

/** Query string without the parameters that are undefined. */
export function query(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

export async function get<T>(
  path: string,
  schema: z.ZodMiniType<T>,
  signal?: AbortSignal,
): Promise<T> {
  return parse(path, schema, await exchange(path, { signal: signal ?? null }));
}

/** The answer as text, for what is no JSON. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await exchange(path, { signal: signal ?? null })).text();
}

interface Write<T> {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  ifMatch?: string;
  schema: z.ZodMiniType<T>;
}

export async function write<T>(path: string, { method, body, ifMatch, schema }: Write<T>) {
  const headers = new Headers();
  if (csrf) headers.set(csrf.header, csrf.token);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (ifMatch !== undefined) headers.set('If-Match', `"${ifMatch}"`);
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  return parse(path, schema, await exchange(path, init));
}

async function exchange(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json, application/problem+json, text/plain');
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, credentials: 'same-origin' });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Problem(0, { detail: cause instanceof Error ? cause.message : undefined });
  }
  if (response.ok) return response;
  const fields = problemSchema.safeParse(await response.json().catch(() => ({})));
  throw new Problem(
    response.status,
    fields.success ? fields.data : {},
    response.headers.get('Retry-After'),
  );
}

async function parse<T>(path: string, schema: z.ZodMiniType<T>, response: Response): Promise<T> {
  const text = await response.text();
  try {
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.slice(0, 400) : undefined;
    throw new Problem(response.status, {
      title: 'The server answered in an unexpected form',
      code: 'unexpected_answer',
      detail: `${path}: ${detail ?? ''}`,
    });
  }
}
