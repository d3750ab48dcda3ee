/**
 * The mocks say what the console reads and what the admin API's description says, so that neither
 * the console nor its page tests can drift from the wire.
 */
import { getResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { auditPageSchema } from '@/features/audit/api/audit';
import { checkSchema } from '@/features/audit/api/check';
import { createdKeySchema } from '@/features/keys/api/createKey';
import { keyPageSchema, keySchema } from '@/features/keys/api/keys';
import { limitSetSchema } from '@/lib/limits';
import { organizationListSchema, organizationSchema } from '@/lib/organizations';
import { projectListSchema, projectSchema } from '@/features/keys/api/projects';
import {
  invitationPageSchema,
  invitationSchema,
  issuedSchema,
} from '@/features/members/api/invitations';
import { mappingSchema } from '@/features/members/api/mapping';
import { memberPageSchema, memberSchema } from '@/features/members/api/members';
import { overviewSchema } from '@/features/overview/api/overview';
import { projectSettingsListSchema, projectSettingsSchema } from '@/features/projects/api/projects';
import { reconciliationSchema } from '@/features/reconciliation/api/reconciliation';
import { sessionSchema } from '@/features/session/api/session';
import { contentSchema } from '@/features/usage/api/content';
import { requestSchema } from '@/features/usage/api/request';
import { requestPageSchema } from '@/features/usage/api/requests';
import { usageSchema } from '@/features/usage/api/usage';
import { holdersSchema, matrixSchema } from '@/lib/roles';
import { probeSchema } from '@/lib/probe';
import type { z } from '@/lib/wire';
import { tenantPageSchema, tenantSchema } from '@/features/organizations/api/organizations';
import { creditSchema } from '@/lib/credit';
import { jobPageSchema, jobSchema } from '@/features/exports/api/jobs';
import { optionsSchema } from '@/features/exports/api/options';
import { schedulePageSchema, scheduleSchema } from '@/features/exports/api/schedules';
import { profileSchema } from '@/features/billing/api/profile';
import { taxRuleSchema, taxRulesSchema } from '@/features/billing/api/taxRules';
import { deliveriesSchema } from '@/features/invoices/api/deliveries';
import { invoicePageSchema, invoiceSchema } from '@/features/invoices/api/invoices';
import { revenueSchema } from '@/features/invoices/api/revenue';
import { usageByModelSchema } from '@/features/invoices/api/usage';
import { effectSchema } from '@/features/upstreams/api/changes';
import { upstreamPageSchema, upstreamSchema } from '@/features/upstreams/api/upstreams';
import { receiptSchema } from '@/features/usage/api/receipt';
import { createHandlers, PASSWORD } from './handlers.ts';
import { undescribed } from './openapi.ts';
import { EMAIL } from './people.ts';
import { UNFIT } from './site.ts';

const CSRF = { 'X-CSRF-TOKEN': 'token-of-this-session', 'Content-Type': 'application/json' };
const { handlers, world } = createHandlers({
  now: new Date('2026-11-22T12:00:00Z'),
  signedIn: true,
});

async function exchange(path: string, init?: RequestInit) {
  const request = new Request(`http://localhost/admin/api/${path}`, init);
  const response = await getResponse(handlers, request.clone());
  if (!response) throw new Error(`The mock does not answer ${path}`);
  return { request, response };
}

async function ask(path: string, init?: RequestInit): Promise<unknown> {
  return (await exchange(path, init)).response.json();
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: CSRF,
  body: JSON.stringify(body),
});

const ifSeen = (method: string, body: unknown, version = '1'): RequestInit => ({
  method,
  headers: { ...CSRF, 'If-Match': `"${version}"` },
  body: JSON.stringify(body),
});

const UPSTREAM = {
  name: 'new',
  url: 'https://new.internal:8000',
  trusted: null,
  enabled: true,
  cache_salt: true,
  start_within_seconds: 60,
  models: [{ model: 'deepseek-r1', upstream_name: 'r1', priority: 20 }],
};

const PROFILE = {
  name: 'Northwind',
  address: '2 High Street',
  country: null,
  tax_number: null,
  email: null,
  language: 'ko',
  paper: 'A4',
  due_days: 14,
};

const RULE = {
  organization_id: null,
  country: null,
  line_kind: null,
  code: 'VAT',
  label: 'VAT',
  rate_ppm: 190_000,
  from: '2027-01-01',
  to: null,
};

const SCHEDULE = {
  command_id: 'any',
  organization_id: null,
  dataset: 'usage_records',
  format: 'csv',
  columns: null,
  target: 'share',
  period: 'month',
  rhythm: 'daily',
  from: null,
};

const storedId = world.requests.find(({ key }) => key.project_id === '11')?.id ?? '';
const requestId = world.requests[0]?.id ?? '';

const EXCHANGES: [string, z.ZodMiniType, RequestInit?][] = [
  ['session', sessionSchema],
  ['session', sessionSchema, post({ email: EMAIL, password: PASSWORD })],
  ['overview?month=2026-11', overviewSchema],
  ['overview?month=2020-01', overviewSchema],
  ['usage?group_by=day', usageSchema],
  ['usage?group_by=project', usageSchema],
  ['requests', requestPageSchema],
  [`requests/${requestId}`, requestSchema],
  ['keys', keyPageSchema],
  ['keys', createdKeySchema, post({ project_id: '11', name: 'new' })],
  [
    'keys/21',
    keySchema,
    ifSeen('PUT', { name: 'web', scopes: ['inference', 'invoices:read'], networks: [] }),
  ],
  ['keys/23/rotate', createdKeySchema, ifSeen('POST', { grace_seconds: 60 })],
  ['keys/22', keySchema, { method: 'DELETE', headers: { ...CSRF, 'If-Match': '"1"' } }],
  ['limits/key/21', limitSetSchema],
  ['limits/project/11', limitSetSchema],
  ['organizations', organizationListSchema],
  ['organizations', organizationSchema, post({ name: 'new' })],
  ['projects', projectListSchema],
  ['projects', projectSchema, post({ organization_id: '1', name: 'new' })],
  ['reconciliation', reconciliationSchema],
  ['roles', matrixSchema],
  ['roles/holders?organization_id=1', holdersSchema],
  ['roles/mapping?organization_id=1', mappingSchema],
  ['members?organization_id=1', memberPageSchema],
  ['members/2', memberSchema, ifSeen('PUT', { role: 'viewer' }, '0')],
  ['invitations?organization_id=1', invitationPageSchema],
  [
    'invitations',
    issuedSchema,
    post({ organization_id: '1', email: 'a@b.example', role: 'viewer' }),
  ],
  ['invitations/9', invitationSchema, { method: 'DELETE', headers: CSRF }],
  ['audit', auditPageSchema],
  ['audit/check', checkSchema],
  ['audit/check', checkSchema, post(undefined)],
  ['projects', projectSettingsListSchema],
  ['projects/11/content', projectSettingsSchema, ifSeen('PUT', { days: 9 })],
  [`requests/${storedId}/content?project_id=11`, contentSchema],
  [`requests/${requestId}/receipt`, receiptSchema],
  [`requests/${storedId}/receipt`, receiptSchema],
  ['organizations?limit=200', tenantPageSchema],
  ['organizations/2', tenantSchema, ifSeen('PATCH', { weight: 5 })],
  ['organizations/2/suspend', tenantSchema, ifSeen('POST', { reason: 'overdue' }, '2')],
  ['organizations/2/resume', tenantSchema, ifSeen('POST', undefined, '3')],
  ['organizations/1/credit', creditSchema],
  [
    'organizations/2/credit/terms',
    creditSchema,
    post({ command_id: 'any', mode: 'PREPAID', credit_limit: '1' }),
  ],
  ['upstreams', upstreamPageSchema],
  ['upstreams/3', upstreamSchema],
  ['upstreams', upstreamSchema, post(UPSTREAM)],
  ['upstreams?dry_run=true', effectSchema, post(UPSTREAM)],
  ['upstreams/4?dry_run=true', effectSchema, ifSeen('PUT', UPSTREAM, '0')],
  ['upstreams/4', upstreamSchema, ifSeen('PUT', UPSTREAM, '0')],
  ['upstreams/4/probe', probeSchema, post(undefined)],
  ['invoices', invoicePageSchema],
  ['invoices/9', invoiceSchema],
  ['invoices/5', invoiceSchema],
  ['invoices/6', invoiceSchema],
  ['invoices/5/deliveries', deliveriesSchema],
  ['invoices/5/deliveries/2/retry', deliveriesSchema, post({ command_id: 'any' })],
  ['invoices/7/finalize?dry_run=true', invoiceSchema, post({ command_id: 'any', reason: 'x' })],
  ['invoices/revenue?from=2026-01&until=2026-12', revenueSchema],
  ['usage?group_by=model&project_id=11', usageByModelSchema],
  ['organizations/1/credit/top-ups', creditSchema, post({ command_id: 'any', amount: '5' })],
  [
    'organizations/1/credit/payments?dry_run=true',
    creditSchema,
    post({ command_id: 'any', amount: '5' }),
  ],
  ['invoices/profiles/1', profileSchema],
  ['invoices/profiles/2', profileSchema, post({ command_id: 'any', ...PROFILE })],
  ['invoices/tax-rules', taxRulesSchema],
  ['invoices/tax-rules', taxRuleSchema, post({ command_id: 'any', ...RULE })],
  ['invoices/tax-rules/3/close', taxRuleSchema, post({ command_id: 'any', to: '2027-01-01' })],
  ['exports/options', optionsSchema],
  ['exports/jobs', jobPageSchema],
  ['exports/jobs/15', jobSchema],
  [
    'exports/jobs',
    jobSchema,
    post({
      command_id: 'any',
      dataset: 'usage_records',
      from: '2026-11-01',
      to: '2026-12-01',
      format: 'csv',
    }),
  ],
  ['exports/jobs/17/cancel', jobSchema, post({ command_id: 'any' })],
  ['exports/jobs/12/resume', jobSchema, post({ command_id: 'any' })],
  ['exports/schedules', schedulePageSchema],
  ['exports/schedules/2', scheduleSchema],
  ['exports/schedules', scheduleSchema, post(SCHEDULE)],
  ['exports/schedules/3/pause', scheduleSchema, post({ command_id: 'any' })],
  ['exports/schedules/3/resume', scheduleSchema, post({ command_id: 'any' })],
  ['exports/schedules/3/close', scheduleSchema, post({ command_id: 'any' })],
];

const NOT_FIT = { ...UPSTREAM, url: `https://${UNFIT}.internal` };

const REFUSALS: [string, number, RequestInit?][] = [
  ['session', 401, post({ email: EMAIL, password: 'wrong' })],
  ['requests/0199', 404],
  ['requests/0199/receipt', 404],
  ['keys/21', 412, ifSeen('PUT', { name: 'web' }, '77')],
  ['upstreams', 422, post(NOT_FIT)],
  ['upstreams?dry_run=true', 422, post(NOT_FIT)],
  ['upstreams/3', 412, ifSeen('PUT', UPSTREAM, '77')],
  ['upstreams/3', 422, ifSeen('PUT', NOT_FIT, '3')],
  ['upstreams/3?dry_run=true', 422, ifSeen('PUT', NOT_FIT, '3')],
  ['organizations/2', 412, ifSeen('PATCH', { weight: 5 }, '77')],
  ['organizations/2/suspend', 412, ifSeen('POST', { reason: 'overdue' }, '77')],
  ['invoices/8/finalize', 409, post({ command_id: 'any', reason: 'x' })],
  ['invoices/99', 404],
  ['invoices/profiles/9', 404],
  ['exports/jobs/99', 404],
  ['exports/schedules/99', 404],
  ['exports/schedules', 422, post(SCHEDULE)],
  ['exports/schedules/3/close', 409, post({ command_id: 'any' })],
  ['exports/jobs/15/cancel', 409, post({ command_id: 'any' })],
];

describe('the mock', () => {
  it.each(EXCHANGES)('answers %s as is read and as is described', async (path, schema, init) => {
    const { request, response } = await exchange(path, init);
    expect(await undescribed(request, response)).toEqual([]);
    expect(schema.safeParse(await response.json()).error).toBeUndefined();
  });

  it.each(REFUSALS)('refuses %s with %i as is described', async (path, status, init) => {
    const { request, response } = await exchange(path, init);
    expect(response.status).toBe(status);
    expect(await undescribed(request, response)).toEqual([]);
  });

  it('charges each request what its lines sum to', async () => {
    const { addsUp } = await import('@/features/usage/formula');
    for (const { id } of world.requests.slice(0, 20)) {
      const request = requestSchema.parse(await ask(`requests/${id}`));
      expect(addsUp(request.lines ?? [], request.cost ?? '')).toBe(true);
    }
  });
});
