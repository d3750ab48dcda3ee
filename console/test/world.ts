/** A small invented site: its requests, and every report computed from them, exactly. */
import { createHash } from 'node:crypto';

const UNIT_PICO = { hit: 140_000n, miss: 550_000n, reasoning: 2_190_000n, answer: 2_190_000n };
const O1_PICO = { hit: 7_500_000n, miss: 15_000_000n, reasoning: 60_000_000n, answer: 60_000_000n };
const CLASSES = ['hit', 'miss', 'reasoning', 'answer'] as const;

type Counts = Record<(typeof CLASSES)[number], number>;

export interface WorldKey {
  id: string;
  project_id: string;
  project: string;
  organization_id: string;
  name: string;
  public_id: string;
  last_four: string;
  scopes: string[];
  models: string[] | null;
  networks: string[];
  old_last_four: string | null;
  old_until: string | null;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
  version: string;
}

export interface WorldRequest {
  id: string;
  admitted: Date;
  millis: number;
  ttft: number;
  key: WorldKey;
  tokens: Counts;
  waived: { input: number; output: number; cause: string | null };
  finish: string;
  flags: string[];
}

/** What an organization has that is not suspended. */
export const ACTIVE = { suspended_at: null, suspended_because: null };

export interface World {
  now: Date;
  organizations: {
    id: string;
    name: string;
    weight: number;
    suspended_at: string | null;
    suspended_because: string | null;
    version: string;
    created_at: string;
  }[];
  projects: {
    id: string;
    organization_id: string;
    name: string;
    models: string[] | null;
    content_days: number | null;
    version: string;
    created_at: string;
  }[];
  keys: WorldKey[];
  requests: WorldRequest[];
  /** Ids of the requests whose prompt was looked at. */
  contentViews: string[];
}

/** Decimal dollars, shortest exact form, as billing-service writes them. */
function usd(pico: bigint): string {
  const sign = pico < 0n ? '-' : '';
  const digits = (pico < 0n ? -pico : pico).toString().padStart(13, '0');
  return `${sign}${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '');
}

function priced(tokens: Counts, unit: Record<keyof Counts, bigint>): bigint {
  return CLASSES.reduce((sum, name) => sum + BigInt(tokens[name]) * unit[name], 0n);
}

/** Numbers that look random and are the same in every run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const FINISHES = ['stop', 'stop', 'stop', 'stop', 'stop', 'stop', 'length', 'client_disconnect'];

export function createWorld(now: Date, perDay = 14): World {
  const month = now.toISOString().slice(0, 7);
  const created_at = `${month}-01T08:00:00Z`;
  const organizations = [
    { id: '1', name: 'Acme Research', weight: 1, ...ACTIVE, version: '1', created_at },
    { id: '2', name: 'Northwind', weight: 4, ...ACTIVE, version: '1', created_at },
  ];
  const project = (id: string, organization_id: string, name: string, days: number | null) => ({
    id,
    organization_id,
    name,
    models: null,
    content_days: days,
    version: '1',
    created_at,
  });
  const projects = [
    project('11', '1', 'Homework helper', 30),
    project('12', '1', 'Nightly evaluation', null),
    project('13', '2', 'Invoice checks', null),
  ];
  const key = (id: string, project: number, name: string, more: Partial<WorldKey>): WorldKey => ({
    id,
    project_id: projects[project]?.id ?? '',
    project: projects[project]?.name ?? '',
    organization_id: projects[project]?.organization_id ?? '',
    name,
    public_id: `k7Qm2x${id}`,
    last_four: `Zp${id}`,
    scopes: ['inference', 'batch', 'usage:read'],
    models: null,
    networks: [],
    old_last_four: null,
    old_until: null,
    created_at,
    expires_at: null,
    revoked_at: null,
    last_used_at: new Date(now.getTime() - 4 * 60_000).toISOString(),
    version: '1',
    ...more,
  });
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();
  const keys = [
    key('21', 0, 'web app', {}),
    key('22', 0, 'mobile app', { expires_at: inDays(60) }),
    key('23', 1, 'evaluation runner', {
      expires_at: inDays(1),
      scopes: ['inference', 'batch'],
      models: ['deepseek-r1'],
      networks: ['10.0.0.0/8', '2001:db8:0:0:0:0:0:0/32'],
    }),
    key('24', 2, 'month-end batch', {
      last_used_at: inDays(-2),
      old_last_four: 'Qx81',
      old_until: inDays(2),
    }),
    key('25', 2, 'first try', { revoked_at: inDays(-3), last_used_at: inDays(-5), version: '2' }),
    key('26', 1, 'never used', { last_used_at: null, expires_at: inDays(-1) }),
  ];
  return {
    now,
    organizations,
    projects,
    keys,
    requests: createRequests(now, keys, perDay),
    contentViews: [],
  };
}

function createRequests(now: Date, keys: WorldKey[], perDay: number): WorldRequest[] {
  const random = sequence(20261122);
  const pick = <T>(items: T[]): T => items[Math.floor(random() * items.length)] as T;
  const requests: WorldRequest[] = [];
  const start = Date.parse(`${now.toISOString().slice(0, 7)}-01T00:00:00Z`);
  for (let day = start; day < now.getTime(); day += 86_400_000) {
    const weekend = [0, 6].includes(new Date(day).getUTCDay());
    const count = Math.round(perDay * (weekend ? 0.35 : 0.7 + random() * 0.6));
    for (let index = 0; index < count; index++) {
      const admitted = new Date(day + Math.floor(random() * 86_400_000));
      if (admitted.getTime() > now.getTime() - 60_000) continue;
      const used = pick([keys[0], keys[0], keys[0], keys[1], keys[2], keys[2], keys[3]]);
      if (used) requests.push(createRequest(admitted, used, random, pick(FINISHES)));
    }
  }
  return requests.sort((left, right) => right.admitted.getTime() - left.admitted.getTime());
}

function createRequest(
  admitted: Date,
  key: WorldKey,
  random: () => number,
  finish: string,
): WorldRequest {
  const hit = random() < 0.5 ? 64 * Math.ceil(random() * 9) : 0;
  const reasoning = 120 + Math.floor(random() * 900);
  const tokens = {
    hit,
    miss: 9 + Math.floor(random() * 300),
    reasoning,
    answer: 12 + Math.floor(random() * 240),
  };
  const late = finish === 'client_disconnect' ? 1 + Math.floor(random() * 3) : 0;
  const ttft = 60 + Math.floor(random() * 400);
  const id = uuid(admitted, random);
  return {
    id,
    admitted,
    ttft,
    millis: ttft + Math.round((tokens.reasoning + tokens.answer) * (6 + random() * 6)),
    key,
    tokens,
    waived: { input: 0, output: late, cause: late > 0 ? 'LATE_STOP' : null },
    finish,
    flags: ['stream'],
  };
}

/** Version 7: the first 48 bits are the millisecond of admission. */
function uuid(moment: Date, random: () => number): string {
  const time = moment.getTime().toString(16).padStart(12, '0');
  const rest = Array.from({ length: 19 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-a${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}

function sum(requests: WorldRequest[]) {
  const tokens = Object.fromEntries(
    CLASSES.map((name) => [
      name,
      String(requests.reduce((total, request) => total + request.tokens[name], 0)),
    ]),
  );
  const total = (unit: Record<keyof Counts, bigint>) =>
    requests.reduce((pico, request) => pico + priced(request.tokens, unit), 0n);
  return {
    requests: String(requests.length),
    tokens,
    pico: total(UNIT_PICO),
    reference: total(O1_PICO),
  };
}

const dayOf = (request: WorldRequest) => request.admitted.toISOString().slice(0, 10);

/** `GET /admin/api/overview`. */
export function overviewOf(world: World, month: string, organization: string | null = null) {
  const requests = world.requests.filter(
    (request) =>
      dayOf(request).startsWith(month) &&
      (organization === null || request.key.organization_id === organization),
  );
  const all = sum(requests);
  const days = [...new Set(requests.map(dayOf))].sort().map((day) => {
    const part = sum(requests.filter((request) => dayOf(request) === day));
    return {
      day,
      requests: part.requests,
      tokens: part.tokens,
      cost: usd(part.pico),
      reference_cost: usd(part.reference),
    };
  });
  const top = world.projects
    .map(({ id, name }) => ({
      id,
      name,
      pico: sum(requests.filter((request) => request.key.project_id === id)).pico,
    }))
    .filter(({ pico }) => pico > 0n)
    .sort((left, right) => (left.pico < right.pico ? 1 : -1));
  const ratio = all.pico === 0n ? null : (Number((all.reference * 10n) / all.pico) / 10).toFixed(1);
  return {
    as_of: new Date(Date.now() - 3_000).toISOString(),
    currency: 'USD',
    requests: all.requests,
    tokens: all.tokens,
    cost: usd(all.pico),
    reference: {
      name: 'OpenAI o1 list',
      dated: '2025-01-20',
      cost: usd(all.reference),
      ratio,
    },
    days,
    top_projects: top.map(({ id, name, pico }) => ({ id, name, cost: usd(pico) })),
    organizations: world.organizations.map(({ id, name }) => ({ id, name })),
  };
}

/** Days have no name. */
const GROUPING: Record<string, (request: WorldRequest) => [key: string, name: string | undefined]> =
  {
    day: (request) => [dayOf(request), undefined],
    project: (request) => [request.key.project_id, request.key.project],
    key: (request) => [request.key.id, request.key.name],
    model: () => ['2', 'r1-nano'],
  };

export function selected(world: World, query: URLSearchParams): WorldRequest[] {
  const is = (name: string, value: string) => !query.get(name) || query.get(name) === value;
  return world.requests.filter(
    (request) =>
      dayOf(request) >= (query.get('from') ?? '') &&
      dayOf(request) < (query.get('to') ?? '9999') &&
      is('organization_id', request.key.organization_id) &&
      is('project_id', request.key.project_id) &&
      is('api_key_id', request.key.id) &&
      is('model_id', '2') &&
      is('finish', request.finish),
  );
}

/** `GET /admin/api/usage`. */
export function usageOf(world: World, query: URLSearchParams) {
  const requests = selected(world, query);
  const group = GROUPING[query.get('group_by') ?? 'day'] ?? (() => ['', undefined]);
  const names = new Map(requests.map(group));
  const total = sum(requests);
  return {
    as_of: new Date(Date.now() - 3_000).toISOString(),
    currency: 'USD',
    items: [...names].map(([key, name]) => {
      const part = sum(requests.filter((request) => group(request)[0] === key));
      return { key, name, requests: part.requests, tokens: part.tokens, cost: usd(part.pico) };
    }),
    total: { key: null, requests: total.requests, tokens: total.tokens, cost: usd(total.pico) },
  };
}

/** One item of `GET /admin/api/requests`. */
export function itemOf(world: World, request: WorldRequest) {
  const organization = world.organizations.find(({ id }) => id === request.key.organization_id);
  return {
    id: request.id,
    admitted_at: request.admitted.toISOString(),
    finished_at: new Date(request.admitted.getTime() + request.millis).toISOString(),
    organization_id: request.key.organization_id,
    project_id: request.key.project_id,
    api_key_id: request.key.id,
    organization: organization && { id: organization.id, name: organization.name },
    project: { id: request.key.project_id, name: request.key.project },
    api_key: { id: request.key.id, name: request.key.name },
    model_id: '2',
    model: 'r1-nano',
    tokens: sum([request]).tokens,
    finish: request.finish,
    ttft_ms: request.ttft,
    cost: usd(priced(request.tokens, UNIT_PICO)),
    log: null,
  };
}

/** `GET /admin/api/requests/{id}`. */
export function detailOf(world: World, request: WorldRequest) {
  const { tokens, waived } = request;
  const cost = priced(tokens, UNIT_PICO);
  const bytes = Buffer.alloc(184, request.id);
  return {
    ...itemOf(world, request),
    status: 'in_ledger',
    flags: request.flags,
    waived: { input: String(waived.input), output: String(waived.output), cause: waived.cause },
    price_version: {
      version_id: '1',
      name: 'DeepSeek-R1 list',
      content_sha256: createHash('sha256').update('DeepSeek-R1 list').digest('hex'),
      valid_from: '2025-01-20T00:00:00Z',
    },
    window: 0,
    lines: CLASSES.map((name) => ({
      sku: name.toUpperCase(),
      tokens: String(tokens[name]),
      unit_price: usd(UNIT_PICO[name] * 1_000_000n),
      unit_pico: String(UNIT_PICO[name]),
      cost: usd(BigInt(tokens[name]) * UNIT_PICO[name]),
    })),
    engine: {
      event_id: request.id,
      attempt: 1,
      tok_hit: String(tokens.hit),
      tok_miss: String(tokens.miss),
      tok_reason: String(tokens.reasoning),
      tok_out: String(tokens.reasoning + tokens.answer + waived.output),
      finish: waived.output > 0 ? 'cancelled' : request.finish,
    },
    ledger: {
      journal_id: String(Number.parseInt(request.id.slice(-6), 16)),
      entries: [
        { account: 'accounts_receivable', amount: usd(cost) },
        { account: 'revenue', amount: usd(-cost) },
      ],
    },
    reference_cost: usd(priced(tokens, O1_PICO)),
    record: bytes.toString('base64url'),
    leaf_sha256: createHash('sha256').update(Buffer.alloc(1)).update(bytes).digest('hex'),
  };
}

/** `GET /admin/api/reconciliation`. */
export function reconciliationOf(world: World) {
  const all = sum(world.requests);
  const late = world.requests.filter((request) => request.waived.output > 0);
  const waivedOutput = late.reduce((total, request) => total + request.waived.output, 0);
  const input = String(Number(all.tokens.hit) + Number(all.tokens.miss));
  const output = Number(all.tokens.reasoning) + Number(all.tokens.answer);
  const counts = { requests: all.requests, input, output: String(output), cost: usd(all.pico) };
  return {
    as_of: new Date(Date.now() - 3_000).toISOString(),
    streams: [
      { source: 'gateway', replica: '1', epoch: 3, next_seq: '41', closed: true },
      {
        source: 'gateway',
        replica: '1',
        epoch: 4,
        next_seq: String(world.requests.length),
        closed: false,
      },
    ],
    engine_streams: [
      { instance_id: '0d7c0c6e-55ab-4f0c-9b6e-3f7c1b8a2f10', next_seq: '288', ended: false },
    ],
    engine: { requests: all.requests, input, output: String(output + waivedOutput) },
    journal: { ...counts, admitted: all.requests, open: '0', unshipped: '0' },
    usage: counts,
    ledger: { cost: usd(all.pico) },
    waived:
      late.length === 0
        ? []
        : [
            {
              cause: 'LATE_STOP',
              requests: String(late.length),
              input: '0',
              output: String(waivedOutput),
            },
          ],
    settled: late.slice(0, 5).map((request) => ({
      event_id: request.id,
      what: 'LATE_STOP',
      note: 'the engine’s count came too late: what the gateway received was charged',
      input: '0',
      output: String(request.waived.output),
    })),
    corrections: [],
    corrected: '0',
    held: '0',
    differences: [],
    orphans: [],
  };
}
