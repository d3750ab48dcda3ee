/** The operator's part of the invented site: servers of others, and terms of organizations. */
import { http, HttpResponse } from 'msw';
import type { Credit } from '@/lib/credit';
import type { Profile } from '@/features/billing/api/profile';
import type { NewTaxRule, TaxRule } from '@/features/billing/api/taxRules';
import type { Terms } from '@/features/upstreams/api/changes';
import type { OwnUpstream, Upstream } from '@/features/upstreams/api/upstreams';
import type { Pico } from '@/lib/money';
import type { Probe } from '@/lib/probe';
import { problem, type Answer } from './answers.ts';
import { ACTIVE, type World } from './world.ts';

/** A server whose address names this is found unfit. */
export const UNFIT = 'no-usage';

export interface Site {
  upstreams: Upstream[];
  own: OwnUpstream[];
  credit: Record<string, Credit>;
  profiles: Record<string, Profile>;
  taxRules: TaxRule[];
  /** Money as it was booked. */
  booked: Record<string, unknown>[];
  /** Bodies of what was sent to register or change a server. */
  sent: (Terms & { dry: boolean })[];
}

const taxRule = (id: string, more: Partial<TaxRule>): TaxRule => ({
  tax_rule_id: id,
  organization_id: null,
  country: null,
  line_kind: null,
  code: 'VAT',
  label: 'VAT',
  rate_ppm: 0,
  from: '2026-01-01',
  to: null,
  made_by: 'operator@localhost',
  made_at: '2026-01-01T09:00:00Z',
  ...more,
});

export function createSite(now: Date): Site {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const model = {
    model: 'deepseek-r1',
    upstream_name: 'deepseek-ai/DeepSeek-R1',
    priority: 20,
    context_length: 65_536,
    max_output_tokens: 32_768,
    reasoning: true,
  };
  const server = (id: string, name: string, more: Partial<Upstream>): Upstream => ({
    id,
    name,
    url: `https://${name}.internal:8000`,
    has_key: true,
    trusted: null,
    enabled: true,
    cache_salt: false,
    start_within_seconds: 60,
    models: [model],
    created_at: ago(60 * 24 * 20),
    probed_at: ago(90),
    standing: {
      healthy: true,
      breaker: 'closed',
      outstanding: 7,
      checked_at: ago(0.1),
      problems: [],
    },
    version: '0',
    ...more,
  });
  const pico = (text: string) => text as Pico;
  return {
    upstreams: [
      server('4', 'vllm-a', { cache_salt: true }),
      server('3', 'nim-west', {
        models: [model, { ...model, model: 'r1-distill', upstream_name: 'r1-distill-70b' }],
        standing: {
          healthy: true,
          breaker: 'half_open',
          outstanding: 2,
          checked_at: ago(0.2),
          problems: [
            { at: ago(3), why: 'usage_fell', request_id: '0199c0de-0000-7000-8000-00000000000a' },
            { at: ago(9), why: 'http_503', request_id: '0199c0de-0000-7000-8000-00000000000b' },
            { at: ago(30), why: 'HttpTimeoutException', request_id: null },
          ],
        },
        version: '3',
      }),
      server('2', 'trtllm-old', { enabled: false, standing: null, has_key: false }),
    ],
    own: [
      {
        name: 'inference-1',
        models: ['r1-nano'],
        standing: {
          healthy: true,
          breaker: 'closed',
          outstanding: 1,
          checked_at: ago(0.05),
          problems: [],
        },
      },
    ],
    credit: {
      '1': {
        organization: '1',
        currency: 'USD',
        mode: 'PREPAID',
        credit_limit: pico('0'),
        paid: pico('250000000000000'),
        limit: pico('275500000000000'),
        grants: [
          {
            id: '5',
            kind: 'PROMO',
            priority: 50,
            effective_at: ago(60 * 24 * 10),
            expires_at: new Date(now.getTime() + 30 * 86_400_000).toISOString(),
            amount: pico('25500000000000'),
            remaining: pico('3141592653589'),
          },
          {
            id: '6',
            kind: 'PAID',
            priority: 100,
            effective_at: ago(60 * 24 * 9),
            expires_at: null,
            amount: pico('250000000000000'),
            remaining: pico('250000000000000'),
          },
        ],
      },
      '2': {
        organization: '2',
        currency: 'USD',
        mode: 'POSTPAID',
        credit_limit: pico('5000000000000000'),
        paid: pico('0'),
        limit: pico('5000000000000000'),
        grants: [],
      },
    },
    profiles: {
      '1': {
        name: 'Acme Research Inc.',
        address: '1 Main Street\nSpringfield',
        country: 'US',
        tax_number: null,
        email: 'finance@acme.example',
        language: 'en',
        paper: 'LETTER',
        due_days: 30,
      },
    },
    taxRules: [
      taxRule('3', { country: 'KR', code: 'VAT', label: 'VAT 10 %', rate_ppm: 100_000 }),
      taxRule('2', {
        organization_id: '2',
        line_kind: 'USAGE',
        code: 'REDUCED',
        label: 'Reduced rate',
        rate_ppm: 82_500,
        to: '2026-07-01',
      }),
    ],
    booked: [],
    sent: [],
  };
}

function probeOf({ url, models }: Pick<Terms, 'url' | 'models'>): Probe {
  const fit = !url.includes(UNFIT);
  return {
    fit,
    findings: [
      { check: 'models', model: null, passed: true, detail: '2 models' },
      ...models.flatMap(({ upstream_name: model }) => [
        { check: 'completion', model, passed: true, detail: 'streamed to [DONE]' },
        {
          check: 'running_usage',
          model,
          passed: fit,
          detail: fit ? 'in every event with text' : 'no usage in events with text',
        },
        { check: 'final_usage', model, passed: true, detail: '12 output tokens' },
      ]),
    ],
  };
}

const isDry = (request: Request) => new URL(request.url).searchParams.get('dry_run') === 'true';

const unfit = (probe: Probe) =>
  problem(
    422,
    'invalid_value',
    'Invalid value',
    {},
    {
      detail: 'The server is not fit, so it was not registered. Missing: running_usage.',
      param: 'url',
      probe,
    },
  );

/** What an answer tells of terms: all but the key. */
function told({ api_key: key, ...terms }: Terms): Omit<Terms, 'api_key'> & { has_key: boolean } {
  const { cache_salt: salt } = terms as Partial<Terms>; // who leaves it out turns it off
  return { ...terms, cache_salt: salt ?? false, has_key: key !== undefined };
}

/** What was ordered, without the command. */
function ordered(body: unknown): unknown {
  const order = { ...(body as Record<string, unknown>) };
  delete order.command_id;
  return order;
}

export function siteHandlers(world: World, site: Site, answer: Answer) {
  const changed = (request: Request, id: string, change: Partial<World['organizations'][0]>) => {
    const organization = world.organizations.find((one) => one.id === id);
    if (!organization) return problem(404, 'not_found', 'Not found');
    if (request.headers.get('If-Match') !== `"${organization.version}"`) {
      return problem(412, 'stale_version', 'It has changed since you read it');
    }
    organization.version = String(Number(organization.version) + 1);
    return Object.assign(organization, change);
  };
  const found = (id: string) => site.upstreams.find((one) => one.id === id);
  const seen = (request: Request, id: string, work: (upstream: Upstream) => unknown) => {
    const upstream = found(id);
    if (!upstream) return problem(404, 'not_found', 'Not found');
    if (request.headers.get('If-Match') !== `"${upstream.version}"`) {
      const more = { current: upstream };
      return problem(412, 'stale_version', 'It has changed since you read it', {}, more);
    }
    return work(upstream);
  };
  return [
    http.get(
      '*/admin/api/upstreams',
      answer(() => ({ items: site.upstreams, next: null, own: site.own })),
    ),
    http.post(
      '*/admin/api/upstreams',
      answer(async (request) => {
        const terms = (await request.json()) as Terms;
        site.sent.push({ ...terms, dry: isDry(request) });
        const probe = probeOf(terms);
        if (!probe.fit) return unfit(probe);
        const made: Upstream = {
          ...told(terms),
          id: String(10 + site.upstreams.length),
          created_at: world.now.toISOString(),
          probed_at: world.now.toISOString(),
          standing: null,
          version: '0',
        };
        if (isDry(request)) return { before: null, after: made, probe };
        site.upstreams.unshift(made);
        return HttpResponse.json(made, { status: 201 });
      }),
    ),
    http.get(
      '*/admin/api/upstreams/:id',
      answer((_request, id) => found(id) ?? problem(404, 'not_found', 'Not found')),
    ),
    http.put(
      '*/admin/api/upstreams/:id',
      answer(async (request, id) => {
        const terms = (await request.json()) as Terms;
        site.sent.push({ ...terms, dry: isDry(request) });
        const probe = terms.enabled ? probeOf(terms) : null;
        return seen(request, id, (upstream) => {
          if (probe && !probe.fit) return unfit(probe);
          const { has_key: given, ...set } = told(terms);
          const after: Upstream = {
            ...upstream,
            ...set,
            has_key: given || upstream.has_key,
            standing: terms.enabled ? upstream.standing : null,
            version: String(Number(upstream.version) + 1),
          };
          if (isDry(request)) return { before: upstream, after, probe };
          return Object.assign(upstream, after);
        });
      }),
    ),
    http.delete(
      '*/admin/api/upstreams/:id',
      answer((request, id) =>
        seen(request, id, (upstream) => {
          site.upstreams.splice(site.upstreams.indexOf(upstream), 1);
          return new HttpResponse(null, { status: 204 });
        }),
      ),
    ),
    http.post(
      '*/admin/api/upstreams/:id/probe',
      answer((_request, id) => {
        const upstream = found(id);
        return upstream ? probeOf(upstream) : problem(404, 'not_found', 'Not found');
      }),
    ),
    http.patch(
      '*/admin/api/organizations/:id',
      answer(async (request, id) => {
        const { weight } = (await request.json()) as { weight: number };
        return changed(request, id, { weight });
      }),
    ),
    http.post(
      '*/admin/api/organizations/:id/suspend',
      answer(async (request, id) => {
        const { reason } = (await request.json()) as { reason: string };
        const suspended = { suspended_at: world.now.toISOString(), suspended_because: reason };
        return changed(request, id, suspended);
      }),
    ),
    http.post(
      '*/admin/api/organizations/:id/resume',
      answer((request, id) => changed(request, id, ACTIVE)),
    ),
    http.get(
      '*/admin/api/organizations/:id/credit',
      answer((_request, id) => site.credit[id] ?? problem(404, 'not_found', 'Not found')),
    ),
    http.post(
      '*/admin/api/organizations/:id/credit/terms',
      answer(async (request) => {
        const id = new URL(request.url).pathname.split('/').at(-3) ?? '';
        const order = (await request.json()) as Pick<Credit, 'mode' | 'credit_limit'>;
        const credit = site.credit[id];
        if (!credit) return problem(404, 'not_found', 'Not found');
        return Object.assign(credit, { mode: order.mode, credit_limit: order.credit_limit });
      }),
    ),
    http.post(
      '*/admin/api/organizations/:id/credit/:what',
      answer(async (request) => {
        const [id = '', , what = ''] = new URL(request.url).pathname.split('/').slice(-3);
        const credit = site.credit[id];
        const order = (await request.json()) as { amount: string; expires_at?: string };
        if (!credit) return problem(404, 'not_found', 'Not found');
        const after = {
          ...credit,
          limit: String(BigInt(credit.limit) + BigInt(order.amount)) as Pico,
        };
        if (isDry(request)) return after;
        site.booked.push({ what, ...order });
        return Object.assign(credit, after);
      }),
    ),
    http.get(
      '*/admin/api/invoices/profiles/:id',
      answer((_request, id) => {
        const profile = site.profiles[id];
        return profile
          ? { organization_id: id, ...profile }
          : problem(404, 'not_found', 'There is no such report');
      }),
    ),
    http.post(
      '*/admin/api/invoices/profiles/:id',
      answer(async (request, id) => {
        const profile = ordered(await request.json()) as Profile;
        site.profiles[id] = profile;
        return { organization_id: id, ...profile };
      }),
    ),
    http.get(
      '*/admin/api/invoices/tax-rules',
      answer(() => ({ items: site.taxRules, next: null })),
    ),
    http.post(
      '*/admin/api/invoices/tax-rules',
      answer(async (request) => {
        const terms = ordered(await request.json()) as Omit<NewTaxRule, 'command_id'>;
        const rule = taxRule(String(10 + site.taxRules.length), terms);
        site.taxRules.unshift(rule);
        return rule;
      }),
    ),
    http.post(
      '*/admin/api/invoices/tax-rules/:id/close',
      answer(async (request, id) => {
        const { to } = (await request.json()) as { to: string };
        const rule = site.taxRules.find((one) => one.tax_rule_id === id);
        return rule ? Object.assign(rule, { to }) : problem(404, 'not_found', 'Not found');
      }),
    ),
  ];
}
