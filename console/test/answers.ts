import { HttpResponse } from 'msw';

/** RFC 9457, with the server's `code` and request id. */
export function problem(status: number, code: string, title: string, headers = {}, more = {}) {
  return HttpResponse.json(
    { type: 'about:blank', title, status, code, request_id: '0199-test', ...more },
    { status, headers: { 'Content-Type': 'application/problem+json', ...headers } },
  );
}

/** Makes a handler of a signed-in caller's request: a value is sent as JSON. */
export type Answer = (
  work: (request: Request, id: string) => unknown,
) => (info: { request: Request; params: Record<string, unknown> }) => Promise<Response>;
