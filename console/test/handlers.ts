/** The admin API as CONTRACT says, over an invented world; state lives as long as the handlers. */
import { http, HttpResponse } from 'msw';
import type { Limits, LimitSet } from '@/lib/limits';
import { problem, type Answer } from './answers.ts';
import { createPeople, EMAIL, peopleHandlers, personOf, type Who } from './people.ts';
import { billHandlers, createBills } from './bills.ts';
import { createExports, exportHandlers } from './exports.ts';
import { createLog, logHandlers } from './log.ts';
import { createSite, siteHandlers } from './site.ts';
import { contentHandlers, trailHandlers } from './trail.ts';
import {
  ACTIVE,
  createWorld,
  detailOf,
  itemOf,
  overviewOf,
  reconciliationOf,
  selected,
  usageOf,
  type World,
  type WorldKey,
} from './world.ts';

const CSRF = { header: 'X-CSRF-TOKEN', token: 'token-of-this-session' };
const PAGE = 50;
export const PASSWORD = 'correct horse battery staple';
interface Options {
  now?: Date;
  signedIn?: boolean;
  /** Whose session it is. */
  who?: Who;
  /** How people log in. */
  login?: { password: boolean; oidc: boolean };
  /** Nothing at all: no organization, no key, no request. */
  empty?: boolean;
}

export function createHandlers({
  now = new Date(),
  signedIn = false,
  who = 'operator',
  login = { password: true, oidc: true },
  empty = false,
}: Options = {}) {
  const world: World = empty
    ? { now, organizations: [], projects: [], keys: [], requests: [], contentViews: [] }
    : createWorld(now);
  const people = createPeople(now);
  const site = createSite(now);
  const bills = createBills(world);
  const exports = createExports(now);
  const log = createLog(world);
  if (empty) {
    site.upstreams = [];
    site.own = [];
    bills.invoices = [];
    bills.revenue = [];
    exports.jobs = [];
    exports.schedules = [];
    exports.targets = [];
  }
  const state = { signedIn };
  const session = () =>
    state.signedIn
      ? {
          authenticated: true,
          operator: who === 'operator' ? { email: EMAIL } : null,
          person: personOf(who),
          csrf: CSRF,
          login,
        }
      : { authenticated: false, csrf: CSRF, login };
  const guarded = (request: Request) => {
    if (!state.signedIn) return problem(401, 'unauthenticated', 'Sign in first');
    if (request.method !== 'GET' && request.headers.get(CSRF.header) !== CSRF.token) {
      return problem(403, 'csrf', 'The CSRF token is missing or wrong');
    }
    return undefined;
  };
  const answer =
    (work: (request: Request, id: string) => unknown) =>
    async ({ request, params }: { request: Request; params: Record<string, unknown> }) => {
      const refused = guarded(request);
      if (refused) return refused;
      const result = await work(request, typeof params.id === 'string' ? params.id : '');
      return result instanceof Response ? result : HttpResponse.json(result as never);
    };
  const query = (request: Request) => new URL(request.url).searchParams;
  const handlers = [
    http.get('*/admin/api/session', () => HttpResponse.json(session())),
    http.post('*/admin/api/session', async ({ request }) => {
      const given = (await request.json()) as { email: string; password: string };
      if (given.email !== EMAIL || given.password !== PASSWORD) {
        return problem(401, 'invalid_credentials', 'Email or password is wrong');
      }
      state.signedIn = true;
      return HttpResponse.json(session());
    }),
    http.delete('*/admin/api/session', () => {
      state.signedIn = false;
      return new HttpResponse(null, { status: 204 });
    }),
    http.get(
      '*/admin/api/overview',
      answer((request) =>
        overviewOf(world, query(request).get('month') ?? '', query(request).get('organization_id')),
      ),
    ),
    http.get(
      '*/admin/api/usage',
      answer((request) => usageOf(world, query(request))),
    ),
    http.get(
      '*/admin/api/requests',
      answer((request) => requestPage(world, query(request))),
    ),
    http.get(
      '*/admin/api/requests/:id',
      answer((_request, id) => {
        const found = world.requests.find((request) => request.id === id);
        return found
          ? { ...detailOf(world, found) }
          : problem(404, 'not_found', 'There is no such request');
      }),
    ),
    http.get(
      '*/admin/api/reconciliation',
      answer(() => reconciliationOf(world)),
    ),
    ...tenancyHandlers(world, answer),
    ...peopleHandlers(world, people, answer),
    ...trailHandlers(world, answer),
    ...contentHandlers(world, answer),
    ...siteHandlers(world, site, answer),
    ...billHandlers(world, bills, answer, () => who === 'operator'),
    ...exportHandlers(world, exports, answer, () => who === 'operator'),
    ...logHandlers(log, answer),
  ];
  return { handlers, world, people, site, bills, exports };
}

function requestPage(world: World, query: URLSearchParams) {
  const all = selected(world, query);
  const after = query.get('after');
  const start = after === null ? 0 : all.findIndex((request) => request.id === after) + 1;
  const page = all.slice(start, start + PAGE);
  const more = start + PAGE < all.length;
  return {
    items: page.map((request) => itemOf(world, request)),
    next: more ? page.at(-1)?.id : null,
  };
}

function tenancyHandlers(world: World, answer: Answer) {
  const nextId = () =>
    String(100 + world.organizations.length + world.projects.length + world.keys.length);
  const created = { version: '1', created_at: world.now.toISOString() };
  const limits = new Map<string, LimitSet>();
  return [
    http.get(
      '*/admin/api/organizations',
      answer(() => ({ items: world.organizations, next: null })),
    ),
    http.post(
      '*/admin/api/organizations',
      answer(async (request) => {
        const given = (await request.json()) as { name: string; weight?: number };
        const organization = {
          id: nextId(),
          name: given.name,
          weight: given.weight ?? 1,
          ...ACTIVE,
          ...created,
        };
        world.organizations.push(organization);
        return HttpResponse.json(organization, { status: 201 });
      }),
    ),
    http.get(
      '*/admin/api/projects',
      answer((request) => {
        const asked = new URL(request.url).searchParams.get('organization_id');
        const items = world.projects.filter(
          (project) => asked === null || project.organization_id === asked,
        );
        return { items, next: null };
      }),
    ),
    http.put(
      '*/admin/api/projects/:id/content',
      answer(async (request, id) => {
        const { days } = (await request.json()) as { days: number | null };
        const project = world.projects.find((one) => one.id === id);
        if (!project) return problem(404, 'not_found', 'not found');
        if (request.headers.get('If-Match') !== `"${project.version}"`) {
          return problem(412, 'stale_version', 'stale version');
        }
        project.version = String(Number(project.version) + 1);
        project.content_days = days;
        return project;
      }),
    ),
    http.post(
      '*/admin/api/projects',
      answer(async (request) => {
        const given = (await request.json()) as { organization_id: string; name: string };
        const project = { id: nextId(), ...given, models: null, content_days: null, ...created };
        world.projects.push(project);
        return HttpResponse.json(project, { status: 201 });
      }),
    ),
    http.get(
      '*/admin/api/keys',
      answer((request) => {
        const query = new URL(request.url).searchParams;
        const [project, asked] = [query.get('project_id'), query.get('organization_id')];
        const items = world.keys.filter(
          (key) =>
            (project === null || key.project_id === project) &&
            (asked === null || key.organization_id === asked),
        );
        return { items, next: null };
      }),
    ),
    http.post(
      '*/admin/api/keys',
      answer(async (request) => createKey(world, nextId(), await request.json())),
    ),
    http.delete(
      '*/admin/api/keys/:id',
      answer((request, id) =>
        edit(world, id, request.headers.get('If-Match'), (key) => revoke(world, key)),
      ),
    ),
    http.put(
      '*/admin/api/keys/:id',
      answer(async (request, id) => {
        const body: unknown = await request.json();
        return edit(world, id, request.headers.get('If-Match'), (key) => change(key, body));
      }),
    ),
    http.get(
      '*/admin/api/limits/:scope/:id',
      answer((request) => limitsOf(limits, request)),
    ),
    http.put(
      '*/admin/api/limits/:scope/:id',
      answer(async (request) => setLimits(limits, request, await request.json())),
    ),
    http.post(
      '*/admin/api/keys/:id/rotate',
      answer(async (request, id) => {
        const body: unknown = await request.json();
        return edit(world, id, request.headers.get('If-Match'), (key) => rotate(world, key, body));
      }),
    ),
  ];
}

export const SECRET = 'sk-r1-aB3dE5fGh1jK2lM3nO4pQ5rS6tU7vW8xY9z0A1b2C3d4E5f6G';

type Terms = Pick<WorldKey, 'name' | 'scopes' | 'models' | 'networks'>;

function createKey(world: World, id: string, body: unknown) {
  const given = body as Partial<Terms> & {
    name: string;
    project_id: string;
    expires_in_seconds?: number;
  };
  const project = world.projects.find((candidate) => candidate.id === given.project_id);
  if (!project) return problem(404, 'not_found', 'There is no such project');
  const lifetime = given.expires_in_seconds;
  const key: WorldKey = {
    id,
    project_id: project.id,
    project: project.name,
    organization_id: project.organization_id,
    name: given.name,
    public_id: SECRET.slice(6, 14),
    last_four: SECRET.slice(-4),
    scopes: given.scopes ?? ['inference', 'batch', 'usage:read'],
    models: given.models ?? null,
    networks: given.networks ?? [],
    old_last_four: null,
    old_until: null,
    created_at: world.now.toISOString(),
    expires_at:
      lifetime === undefined ? null : new Date(world.now.getTime() + lifetime * 1000).toISOString(),
    revoked_at: null,
    last_used_at: null,
    version: '1',
  };
  world.keys.unshift(key);
  return HttpResponse.json({ key, secret: SECRET }, { status: 201 });
}

/** Changes a key that is as its caller has seen it. */
function edit(world: World, id: string, ifMatch: string | null, work: (key: WorldKey) => unknown) {
  const key = world.keys.find((candidate) => candidate.id === id);
  if (!key) return problem(404, 'not_found', 'There is no such key');
  if (ifMatch === null) return problem(428, 'precondition_required', 'If-Match is missing');
  if (ifMatch !== `"${key.version}"`)
    return problem(412, 'stale_version', 'The key was changed meanwhile');
  key.version = `${key.version}1`;
  return work(key);
}

function change(key: WorldKey, body: unknown) {
  return Object.assign(key, body as Terms & { expires_at: string | null });
}

function rotate(world: World, key: WorldKey, body: unknown) {
  const { grace_seconds: grace } = body as { grace_seconds: number };
  key.old_last_four = key.last_four;
  key.old_until = new Date(world.now.getTime() + grace * 1000).toISOString();
  key.last_four = SECRET.slice(-4);
  return { key, secret: SECRET };
}

const NO_LIMITS: Limits = {
  model: null,
  requests_per_minute: null,
  tokens_per_minute: null,
  concurrency: null,
  queue_length: null,
};

function limitsOf(sets: Map<string, LimitSet>, request: Request): LimitSet {
  const [scope, id] = new URL(request.url).pathname.split('/').slice(-2) as [
    LimitSet['scope'],
    string,
  ];
  return (
    sets.get(`${scope}/${id}`) ?? {
      scope,
      scope_id: id,
      limits: [],
      defaults: { ...NO_LIMITS, concurrency: scope === 'organization' ? '1000' : null },
      has_defaults: true,
      version: '0',
    }
  );
}

function setLimits(sets: Map<string, LimitSet>, request: Request, body: unknown) {
  const before = limitsOf(sets, request);
  if (request.headers.get('If-Match') !== `"${before.version}"`) {
    return problem(412, 'stale_version', 'The limits have changed since you read them');
  }
  const given = (body as { limits: Partial<Limits>[] }).limits;
  const limits = given.map((one) => ({ ...NO_LIMITS, ...one }));
  const after: LimitSet = {
    ...before,
    limits,
    has_defaults: limits.every((one) => one.model !== null),
    version: String(Number(before.version) + 1),
  };
  sets.set(`${before.scope}/${before.scope_id}`, after);
  return after;
}

function revoke(world: World, key: WorldKey) {
  key.revoked_at = world.now.toISOString();
  return key;
}
