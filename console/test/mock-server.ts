import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { getResponse } from 'msw';
import type { Connect, Plugin, PreviewServer, ViteDevServer } from 'vite';
import { createHandlers } from './handlers.ts';
import type { Who } from './people.ts';

/** What api-service sends with every console page. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** For looking only, never shipped: the test handlers' /admin/api, pages as the server does. */
export function mockServer(): Plugin {
  const { handlers } = createHandlers();
  // Somebody else looks where a cookie says who, signed in already.
  const others = new Map<string, ReturnType<typeof createHandlers>>();
  const handlersFor = (request: IncomingMessage) => {
    const who = /r1-mock-who=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    if (who === undefined) return handlers;
    const known = others.get(who) ?? createHandlers({ signedIn: true, who: who as Who });
    others.set(who, known);
    return known.handlers;
  };
  const api: Connect.NextHandleFunction = (request, response, next) => {
    if (!/^\/(admin\/api|log)\//.test(request.url ?? '')) {
      next();
      return;
    }
    answer(request, response).catch(next);
  };
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body: Buffer[] = [];
    for await (const part of request) body.push(part as Buffer);
    const asked = new Request(`http://127.0.0.1${request.url ?? ''}`, {
      method: request.method ?? 'GET',
      headers: request.headers as Record<string, string>,
      ...(body.length > 0 ? { body: Buffer.concat(body) } : {}),
    });
    const given =
      (await getResponse(handlersFor(request), asked)) ?? new Response(null, { status: 404 });
    response.writeHead(given.status, Object.fromEntries(given.headers));
    response.end(Buffer.from(await given.arrayBuffer()));
  }
  return {
    name: 'r1-mock-server',
    configureServer: (server: ViteDevServer) => {
      server.middlewares.use(api);
    },
    configurePreviewServer: (server: PreviewServer) => {
      server.middlewares.use(api);
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split('?')[0] ?? '';
        if (!path.startsWith('/console') || /\.[a-z0-9]+$/.test(path)) {
          next();
          return;
        }
        page(response).catch(next);
      });
    },
  };
}

async function page(response: ServerResponse) {
  const nonce = randomBytes(16).toString('base64url');
  const html = await readFile(new URL('../dist/index.html', import.meta.url), 'utf8');
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy(nonce),
  });
  response.end(html.replaceAll('__CSP_NONCE__', nonce));
}
