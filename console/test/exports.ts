/** Exports of the invented site: jobs in every state, and what can be ordered. */
import { http, HttpResponse } from 'msw';
import type { Job } from '@/features/exports/api/jobs';
import type { NewExport } from '@/features/exports/api/orders';
import type { NewSchedule, Schedule } from '@/features/exports/api/schedules';
import type { Pico, Tokens } from '@/lib/money';
import { problem, type Answer } from './answers.ts';
import type { World } from './world.ts';

export interface Exports {
  jobs: Job[];
  schedules: Schedule[];
  /** Where exports may go, for the operator. */
  targets: string[];
  /** Orders as they were sent. */
  orders: NewExport[];
  made: NewSchedule[];
}

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const UNTOUCHED = {
  columns: [] as string[],
  from: '2026-11-01T00:00:00Z',
  written_until: '2026-11-01T00:00:00Z',
  written_as_of: null,
  closed_until: '2026-11-01T00:00:00Z',
  export_id: null,
  failures: 0,
  retry_at: null,
  error: null,
  done_at: null,
  made_by: 'operator@localhost',
  made_at: '2026-11-01T09:00:00Z',
};

const column = (name: string, type: string, description: string) => ({
  name,
  type,
  nullable: false,
  description,
});

const DATASETS = [
  {
    name: 'ledger_entries',
    whole_days: true,
    shortest_period: 'day',
    columns: [
      column('journal_id', 'TEXT', 'the journal'),
      column('amount', 'DECIMAL', 'exact, debits positive'),
      column('currency', 'TEXT', 'of the amount'),
    ],
  },
  {
    name: 'usage_records',
    whole_days: false,
    shortest_period: 'hour',
    columns: [
      column('event_id', 'TEXT', 'the request'),
      column('admitted_at', 'TIMESTAMP', 'when it was admitted'),
      column('model', 'TEXT', 'as it was asked for'),
      column('output_tokens', 'BIGINT', 'reasoning and answer'),
      column('cost', 'DECIMAL', 'the charge, exact'),
      column('currency', 'TEXT', 'of the cost'),
    ],
  },
  {
    name: 'focus_cost_and_usage',
    whole_days: true,
    shortest_period: 'month',
    columns: [column('BilledCost', 'DECIMAL', 'what is billed')],
  },
];

function manifestOf(job: Job, rows: number[], pico: string): Job['manifest'] {
  const parts = rows.map((count, index) => ({
    file: `${job.dataset}${index === 0 ? '' : `-0000${index + 1}`}.${job.format}`,
    rows: String(count) as Tokens,
    bytes: String(count * 71 + 1_204) as Tokens,
    sha256: HASH.slice(index) + HASH.slice(0, index),
  }));
  return {
    rows: String(rows.reduce((sum, count) => sum + count, 0)) as Tokens,
    sum_pico: { USD: pico as Pico },
    parts,
    complete_through: '2026-11-22T11:59:57Z',
  };
}

export function createExports(now: Date): Exports {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const job = (id: string, more: Partial<Job>): Job => ({
    export_id: id,
    organization_id: '1',
    dataset: 'usage_records',
    format: 'parquet',
    columns: [],
    from: '2026-10-01T00:00:00Z',
    to: '2026-11-01T00:00:00Z',
    target: null,
    status: 'done',
    rows_read: '0' as Tokens,
    error: null,
    manifest: null,
    downloadable: false,
    requested_by: 'finance@acme.example',
    created_at: ago(90),
    finished_at: null,
    schedule_id: null,
    ...more,
  });
  const done = (id: string, rows: number[], pico: string, more: Partial<Job> = {}) => {
    const one = job(id, { finished_at: ago(80), downloadable: true, ...more });
    return { ...one, manifest: manifestOf(one, rows, pico) };
  };
  return {
    jobs: [
      job('17', { status: 'running', rows_read: '1250000' as Tokens, created_at: ago(1) }),
      job('16', {
        organization_id: null,
        requested_by: 'operator@localhost',
        dataset: 'ledger_entries',
        format: 'csv.gz',
        target: 'share',
        status: 'failed',
        error: 'No space left on device',
        finished_at: ago(50),
        rows_read: '80000' as Tokens,
      }),
      done('15', [1_000_000, 1_000_000, 214_022], '98765432109876'),
      done('14', [3_412], '12345678901', {
        dataset: 'ledger_entries',
        format: 'csv',
        columns: ['journal_id', 'amount', 'currency'],
        from: '2026-11-03T00:00:00Z',
        to: '2026-11-10T00:00:00Z',
      }),
      done('13', [40], '5000000', {
        organization_id: '2',
        downloadable: false,
        created_at: ago(20_000),
      }),
      job('12', { status: 'cancelled', finished_at: ago(200), created_at: ago(210) }),
      job('11', {
        organization_id: null,
        requested_by: 'schedule 3',
        target: 'bucket',
        status: 'waiting',
        schedule_id: '3',
      }),
      job('10', {
        requested_by: 'schedule 2',
        dataset: 'ledger_entries',
        format: 'csv.gz',
        from: '2026-11-20T00:00:00Z',
        to: '2026-11-21T00:00:00Z',
        target: 'share',
        status: 'failed',
        error: 'No space left on device',
        created_at: ago(300),
        finished_at: ago(240),
        schedule_id: '2',
      }),
    ],
    schedules: [
      {
        ...UNTOUCHED,
        schedule_id: '3',
        organization_id: null,
        dataset: 'usage_records',
        format: 'parquet',
        target: 'bucket',
        period: 'month',
        rhythm: 'daily',
        status: 'active',
        written_as_of: '2026-11-22T00:00:00Z',
        export_id: '11',
        done_at: ago(700),
      },
      {
        ...UNTOUCHED,
        schedule_id: '2',
        organization_id: '1',
        dataset: 'ledger_entries',
        format: 'csv.gz',
        target: 'share',
        period: 'day',
        rhythm: 'hourly',
        status: 'active',
        columns: ['journal_id', 'amount', 'currency'],
        written_until: '2026-11-20T00:00:00Z',
        export_id: '10',
        error: 'No space left on device',
        failures: 3,
        retry_at: ago(-4),
      },
    ],
    targets: ['share', 'bucket'],
    orders: [],
    made: [],
  };
}

async function sent(request: Request, exports: Exports): Promise<NewSchedule> {
  const order = (await request.json()) as NewSchedule;
  exports.made.push(order);
  return order;
}

export function exportHandlers(
  world: World,
  exports: Exports,
  answer: Answer,
  operator: () => boolean,
) {
  const found = (id: string) =>
    exports.jobs.find(
      (job) =>
        job.export_id === id && (operator() || (job.organization_id === '1' && job.target == null)),
    );
  const gone = () => problem(404, 'not_found', 'There is no such export');
  const altered = (id: string, from: Job['status'][], change: Partial<Job>) => {
    const job = found(id);
    if (!job) return gone();
    if (!from.includes(job.status)) {
      return problem(409, 'invalid_state', 'The export has ended by itself');
    }
    return Object.assign(job, change);
  };
  const schedule = (id: string) => exports.schedules.find((one) => one.schedule_id === id);
  const turned = (id: string, from: Schedule['status'][], change: Partial<Schedule>) => {
    const one = schedule(id);
    if (!one) return gone();
    return from.includes(one.status)
      ? Object.assign(one, change)
      : problem(409, 'invalid_state', `It was ${one.status} by somebody before`);
  };
  return [
    http.get(
      '*/admin/api/exports/schedules',
      answer(() =>
        operator()
          ? { items: exports.schedules, next: null }
          : problem(403, 'forbidden', 'Only operators of this site have it.'),
      ),
    ),
    http.post(
      '*/admin/api/exports/schedules/:id/pause',
      answer((_request, id) => turned(id, ['active'], { status: 'paused' })),
    ),
    http.post(
      '*/admin/api/exports/schedules/:id/resume',
      answer((_request, id) =>
        turned(id, ['active', 'paused'], { status: 'active', retry_at: world.now.toISOString() }),
      ),
    ),
    http.post(
      '*/admin/api/exports/schedules/:id/close',
      answer((_request, id) => turned(id, ['active', 'paused'], { status: 'closed' })),
    ),
    http.get(
      '*/admin/api/exports/schedules/:id',
      answer((_request, id) => schedule(id) ?? gone()),
    ),
    http.post(
      '*/admin/api/exports/schedules',
      answer(async (request) => {
        const order = await sent(request, exports);
        const rival = exports.schedules.find(
          (one) =>
            one.status !== 'closed' &&
            one.target === order.target &&
            one.dataset === order.dataset &&
            one.organization_id === order.organization_id &&
            one.period === order.period,
        );
        if (rival) {
          return problem(422, 'invalid_value', `Schedule ${rival.schedule_id} writes there.`);
        }
        const begin = `${order.from ?? '2026-11-01'}T00:00:00Z`;
        const one: Schedule = {
          ...UNTOUCHED,
          schedule_id: String(exports.schedules.length + 2),
          organization_id: order.organization_id,
          dataset: order.dataset,
          format: order.format,
          columns: order.columns ?? [],
          target: order.target,
          period: order.period,
          rhythm: order.rhythm,
          status: 'active',
          from: begin,
          written_until: begin,
          closed_until: begin,
        };
        exports.schedules.unshift(one);
        return HttpResponse.json(one, { status: 201 });
      }),
    ),
    http.get(
      '*/admin/api/exports/options',
      answer(() => ({
        datasets: DATASETS,
        formats: ['csv', 'csv.gz', 'jsonl.gz', 'parquet'],
        targets: operator() ? exports.targets : [],
      })),
    ),
    http.get(
      '*/admin/api/exports/jobs',
      answer((request) => {
        const asked = new URL(request.url).searchParams.get('organization_id');
        return {
          items: exports.jobs.filter(
            (job) =>
              found(job.export_id) !== undefined &&
              (asked === null || job.organization_id === asked),
          ),
          next: null,
        };
      }),
    ),
    http.post(
      '*/admin/api/exports/jobs',
      answer(async (request) => {
        const order = (await request.json()) as NewExport;
        exports.orders.push(order);
        const job: Job = {
          export_id: String(18 + exports.orders.length - 1),
          organization_id: order.organization_id ?? null,
          dataset: order.dataset,
          format: order.format,
          columns: order.columns ?? [],
          from: `${order.from}T00:00:00Z`,
          to: `${order.to}T00:00:00Z`,
          target: order.target ?? null,
          status: 'waiting',
          rows_read: '0' as Tokens,
          error: null,
          manifest: null,
          downloadable: false,
          requested_by: 'operator@localhost',
          created_at: world.now.toISOString(),
          finished_at: null,
          schedule_id: null,
        };
        exports.jobs.unshift(job);
        return HttpResponse.json(job, { status: 201 });
      }),
    ),
    http.get(
      '*/admin/api/exports/jobs/:id',
      answer((_request, id) => found(id) ?? gone()),
    ),
    http.post(
      '*/admin/api/exports/jobs/:id/cancel',
      answer((_request, id) =>
        altered(id, ['waiting', 'running'], {
          status: 'cancelled',
          finished_at: world.now.toISOString(),
        }),
      ),
    ),
    http.post(
      '*/admin/api/exports/jobs/:id/resume',
      answer((_request, id) =>
        altered(id, ['failed', 'cancelled'], { status: 'waiting', error: null, finished_at: null }),
      ),
    ),
  ];
}
