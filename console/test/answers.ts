import { HttpResponse } from 'msw';

const REQUEST = '0199c0de-0000-7000-8000-0000000000ff';

/** RFC 9457, with the server's `code` and request id. */
export function problem(status: number, code: string, title: string, headers = {}, more = {}) {
  return HttpResponse.json(
    { type: 'about:blank', title, status, detail: title, code, request_id: REQUEST, ...more },
    { status, headers: { 'Content-Type': 'application/problem+json', ...headers } },
  );
}

/** Makes a handler of a signed-in caller's request: a value is sent as JSON. */
export type Answer = (
  work: (request: Request, id: string) => unknown,
) => (info: { request: Request; params: Record<string, unknown> }) => Promise<Response>;
