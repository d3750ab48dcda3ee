/** Invoices of the invented site: the running month's from its requests, older ones made up. */
import { http } from 'msw';
import type { Delivery } from '@/features/invoices/api/deliveries';
import type { Invoice, InvoiceLine } from '@/features/invoices/api/invoices';
import type { RevenueMonth } from '@/features/invoices/api/revenue';
import type { Amount, Pico, Tokens, Usd } from '@/lib/money';
import { problem, type Answer } from './answers.ts';
import type { World } from './world.ts';

const CENT = 10_000_000_000n;
const UNIT = { hit: 140_000n, miss: 550_000n, reasoning: 2_190_000n, output: 2_190_000n } as const;
const PRICE = { hit: '0.14', miss: '0.55', reasoning: '2.19', output: '2.19' } as const;
const VERSION = '7f3c9a52b0de41f88a5a4b1d0c6e2f9715ab3c44d0e87761bc2a9f0e1d5c6b37';

type Sku = keyof typeof UNIT;

export interface Bills {
  invoices: Invoice[];
  deliveries: Record<string, Delivery[]>;
  revenue: RevenueMonth[];
  /** Orders as they were sent, with the path below the invoice's. */
  orders: { what: string; body: Record<string, unknown>; dry: boolean }[];
}

const cents = (minor: bigint) => {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}` as Amount;
};

const halfEven = (pico: bigint) => {
  const floor = pico / CENT - (pico % CENT < 0n ? 1n : 0n);
  const twice = 2n * (pico - floor * CENT);
  if (twice === CENT) return floor % 2n === 0n ? floor : floor + 1n;
  return twice > CENT ? floor + 1n : floor;
};

/** Lines rounded down, and what is missing to the rounded sum to the largest remainders. */
function rounded(exact: bigint[]): bigint[] {
  const floors = exact.map((pico) => pico / CENT);
  const sum = halfEven(exact.reduce((all, pico) => all + pico, 0n));
  const missing = Number(sum - floors.reduce((all, minor) => all + minor, 0n));
  const order = exact
    .map((pico, index) => ({ index, rest: pico % CENT }))
    .sort((left, right) => Number(right.rest - left.rest) || left.index - right.index);
  for (const { index } of order.slice(0, missing)) floors[index]! += 1n;
  return floors;
}

type Part = Pick<InvoiceLine, 'month' | 'project_id' | 'project_name'> & {
  sku: Sku;
  tokens: bigint;
};

function linesOf(parts: Part[], taxCode: string | null): InvoiceLine[] {
  const exact = parts.map(({ sku, tokens }) => tokens * UNIT[sku]);
  const minor = rounded(exact);
  return parts.map(({ sku, tokens, ...where }, index) => ({
    line_no: index + 1,
    kind: 'USAGE',
    ...where,
    model: 'r1-nano',
    sku: `r1-nano-${sku}`,
    price_version: VERSION,
    window: 0,
    quantity: tokens.toString() as Tokens,
    unit_pico: UNIT[sku].toString() as Tokens,
    unit_price: PRICE[sku] as Usd,
    note: null,
    reference_line: null,
    amount_pico: exact[index]!.toString() as Pico,
    amount: cents(minor[index]!),
    tax_code: taxCode,
  }));
}

/** What an earlier invoice left below 0. */
const carried = (lines: InvoiceLine[], minor: bigint): InvoiceLine => ({
  line_no: lines.length + 1,
  kind: 'CARRIED',
  note: null,
  amount_pico: (-minor * CENT).toString() as Pico,
  amount: cents(-minor),
  tax_code: null,
});

const sumOf = (amounts: string[]) =>
  amounts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n);

/** What every line has, also where it says nothing; the console does not read all of it. */
const SILENT = {
  ...{ version_id: null, tax_ppm: 0 },
  month: null,
  project_id: null,
  project_name: null,
  model: null,
  sku: null,
  price_version: null,
  window: null,
  quantity: null,
  unit_pico: null,
  unit_price: null,
  note: null,
  reference_line: null,
};

/** What an invoice has that the console does not read. */
const unread = (month: string) => ({
  period_start: `${month}-01T00:00:00Z`,
  period_end: `${shift(month, 1)}-01T00:00:00Z`,
  usage_root: null,
  checkpoint_size: null,
});

interface Made extends Partial<Invoice> {
  invoice_id: string;
  organization_id: string;
  month: string;
}

function invoice(lines: InvoiceLine[], taxPpm: bigint, more: Made): Invoice {
  const exact = lines.reduce((sum, { amount_pico: pico }) => sum + BigInt(pico), 0n);
  const net = sumOf(lines.map(({ amount }) => amount));
  const tax = (net * taxPpm) / 1_000_000n;
  const taxLine: InvoiceLine[] =
    taxPpm === 0n
      ? []
      : [
          {
            line_no: lines.length + 1,
            kind: 'TAX',
            amount_pico: (tax * CENT).toString() as Pico,
            amount: cents(tax),
            tax_code: 'VAT',
          },
        ];
  return {
    ...unread(more.month),
    kind: 'INVOICE',
    status: 'finalized',
    number: null,
    currency: 'USD',
    issued_at: null,
    due_on: null,
    reference: null,
    net: cents(net),
    tax: cents(tax),
    total: cents(net + tax),
    paid: '0.00' as Amount,
    net_pico: exact.toString() as Pico,
    rounding_pico: (net * CENT - exact).toString() as Pico,
    built_at: `${more.month}-28T00:00:00Z`,
    terms: null,
    issuer: {
      name: 'R1 Platform Ltd.',
      address: ['1 Engine Road', 'Seoul'],
      tax_number: '123',
      payment_details: ['First Bank of Seoul', 'Account 000123456789'],
    },
    customer: {
      name: 'Acme Research',
      address: ['7 Lab Street', 'Springfield'],
      country: 'US',
      tax_number: null,
      email: 'money@acme.example',
      ...{ language: 'en', paper: 'A4' },
    },
    lines: [...lines, ...taxLine].map((line) => ({ ...SILENT, ...line })),
    taxes:
      taxPpm === 0n
        ? []
        : [
            {
              code: 'VAT',
              label: 'VAT 10 %',
              rate_ppm: Number(taxPpm),
              net: cents(net),
              amount: cents(tax),
            },
          ],
    voided: null,
    blockers: [],
    ...more,
  };
}

const shift = (month: string, by: number) => {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + by);
  return date.toISOString().slice(0, 7);
};

function running(world: World, month: string): Invoice {
  const tokens = new Map<string, bigint>();
  for (const { key, tokens: used } of world.requests) {
    if (key.organization_id !== '1') continue;
    for (const [sku, count] of [
      ['hit', used.hit],
      ['miss', used.miss],
      ['reasoning', used.reasoning],
      ['output', used.answer],
    ] as const) {
      const at = `${key.project_id} ${sku}`;
      tokens.set(at, (tokens.get(at) ?? 0n) + BigInt(count));
    }
  }
  const parts = [...tokens].sort().map(([at, count]): Part => {
    const [project = '', sku] = at.split(' ');
    return { month, project_id: project, sku: sku as Sku, tokens: count };
  });
  return invoice(linesOf(parts, null), 0n, {
    invoice_id: '9',
    organization_id: '1',
    month,
    status: 'open',
  });
}

export function createBills(world: World): Bills {
  const month = world.now.toISOString().slice(0, 7);
  const [last, before, earlier] = [shift(month, -1), shift(month, -2), shift(month, -3)];
  const part = (of: string, sku: Sku, tokens: bigint): Part => ({
    month: of,
    project_id: '11',
    sku,
    tokens,
  });
  const usage = (of: string) => [
    part(of, 'hit', 98_304_001n),
    part(of, 'miss', 41_000_777n),
    part(of, 'reasoning', 120_345_678n),
    part(of, 'output', 25_000_003n),
  ];
  const draft = invoice(linesOf(usage(last), 'VAT'), 100_000n, {
    invoice_id: '8',
    organization_id: '1',
    month: last,
    status: 'draft',
    blockers: [
      {
        code: 'RECONCILIATION',
        what: `Days that are not reconciled: ${last}-30 (not compared).`,
        waivable: true,
        waiver: null,
      },
      {
        code: 'PROFILE',
        what: 'The organization has no billing profile.',
        waivable: true,
        waiver: 'they asked for it by letter',
      },
    ],
  });
  const clear = invoice(linesOf(usage(last), null), 0n, {
    invoice_id: '7',
    organization_id: '2',
    month: last,
    status: 'draft',
  });
  const named = usage(before).map((one) => ({ ...one, project_name: 'Homework, as it was' }));
  const final = invoice(linesOf(named, 'VAT'), 100_000n, {
    invoice_id: '5',
    organization_id: '1',
    month: before,
    number: 'R1-2026-000002',
    issued_at: `${last}-02T03:00:00Z`,
    due_on: `${month}-01`,
    paid: '100.00' as Amount,
  });
  const note = invoice(
    [
      {
        line_no: 1,
        kind: 'ADJUSTMENT',
        note: 'an outage',
        reference_line: 3,
        amount_pico: '-20000000000000' as Pico,
        amount: '-20.00' as Amount,
        tax_code: null,
      },
    ],
    0n,
    {
      invoice_id: '6',
      organization_id: '1',
      month: before,
      kind: 'CREDIT_NOTE',
      number: 'R1-CN-2026-000001',
      issued_at: `${last}-05T03:00:00Z`,
      reference: { invoice_id: '5', number: 'R1-2026-000002' },
    },
  );
  const used = linesOf(usage(earlier), null);
  const unpaid = invoice([...used, carried(used, 1234n)], 0n, {
    invoice_id: '4',
    organization_id: '2',
    month: earlier,
    number: 'R1-2026-000001',
    issued_at: `${before}-02T03:00:00Z`,
    due_on: `${last}-01`,
  });
  const voided = invoice(linesOf(usage(earlier), null), 0n, {
    invoice_id: '3',
    organization_id: '1',
    month: earlier,
    status: 'void',
    number: 'R1-2026-000000',
    issued_at: `${before}-01T03:00:00Z`,
    due_on: `${before}-30`,
    voided: { at: `${before}-01T09:00:00Z`, by: 'operator@localhost', reason: 'wrong address' },
  });
  return {
    invoices: [running(world, month), draft, clear, note, final, unpaid, voided],
    deliveries: { '5': deliveriesOf(last), '4': [] },
    revenue: revenueOf(month),
    orders: [],
  };
}

function deliveriesOf(month: string): Delivery[] {
  const at = `${month}-02T03:00:05Z`;
  const one = (id: string, more: Partial<Delivery>): Delivery => ({
    delivery_id: id,
    what: 'FINALIZED',
    channel: 'WEBHOOK',
    address: null,
    target_id: null,
    attempts: 1,
    next_at: null,
    delivered_at: null,
    last_error: null,
    ...more,
  });
  return [
    one('1', { channel: 'EMAIL', address: 'money@acme.example', delivered_at: at }),
    one('2', { target_id: '7', attempts: 12, last_error: 'status 500' }),
  ];
}

/** As they are sent, with what the console does not read. */
const deliveriesFor = (bills: Bills, { invoice_id, organization_id }: Invoice) => ({
  invoice_id,
  organization_id,
  deliveries: (bills.deliveries[invoice_id] ?? []).map((one) => ({ ...one, of_site: false })),
});

function revenueOf(month: string): RevenueMonth[] {
  return Array.from({ length: 12 }, (_, index): RevenueMonth => {
    const pico = (value: number) => `${String(value)}123456789` as Pico;
    const grown = 180 + index * 37 + (index % 3) * 60;
    return {
      month: shift(month, index - 11),
      currency: 'USD',
      recognized_pico: pico(grown * 1000),
      breakage_pico: index % 4 === 3 ? pico(9_000) : ('0' as Pico),
      promo_expense_pico: pico(3_000),
      rounding_pico: '-4217' as Pico,
      accrued_pico: pico(grown * 700),
      receivable_pico: pico(grown * 900),
      deferred_pico: pico((500 - index * 20) * 1000),
      promised_pico: pico(21_000),
      tax_payable_pico: pico(44_000),
    };
  });
}

export function billHandlers(
  world: World,
  bills: Bills,
  answer: Answer,
  isOperator: () => boolean,
) {
  const parameters = (request: Request) => new URL(request.url).searchParams;
  const found = (id: string) => {
    const one = bills.invoices.find((candidate) => candidate.invoice_id === id);
    return one !== undefined && (isOperator() || one.organization_id === '1') ? one : undefined;
  };
  const gone = () => problem(404, 'not_found', 'This invoice does not exist');
  const at = (request: Request, from: number) =>
    new URL(request.url).pathname.split('/').at(from) ?? '';
  return [
    http.get(
      '*/admin/api/invoices',
      answer((request) => {
        const query = parameters(request);
        const is = (name: string, value: string) => !query.get(name) || query.get(name) === value;
        const items = bills.invoices
          .filter((one) => found(one.invoice_id))
          .filter(
            (one) =>
              is('organization_id', one.organization_id) &&
              is('month', one.month) &&
              is('status', one.status),
          )
          .map((one) => ({ ...one, lines: [], taxes: [], blockers: [] }));
        return { items, next: null };
      }),
    ),
    http.get(
      '*/admin/api/invoices/revenue',
      answer((request) => {
        const query = parameters(request);
        return {
          months: bills.revenue.filter(
            ({ month }) => month >= (query.get('from') ?? '') && month < (query.get('until') ?? ''),
          ),
        };
      }),
    ),
    http.get(
      '*/admin/api/invoices/:id',
      answer((_request, id) => {
        const one = found(id);
        return one ? { ...one, blockers: isOperator() ? one.blockers : [] } : gone();
      }),
    ),
    http.get(
      '*/admin/api/invoices/:id/deliveries',
      answer((_request, id) => {
        const one = found(id);
        return one ? deliveriesFor(bills, one) : gone();
      }),
    ),
    http.post(
      '*/admin/api/invoices/:id/deliveries/:delivery/retry',
      answer((request, id) => {
        const of = found(id);
        const one = bills.deliveries[id]?.find(
          ({ delivery_id: delivery }) => delivery === at(request, -2),
        );
        if (!of || !one) return gone();
        Object.assign(one, { next_at: world.now.toISOString(), attempts: 0 });
        return deliveriesFor(bills, of);
      }),
    ),
    http.post(
      '*/admin/api/invoices/:id/:what',
      answer(async (request, id) => {
        const one = found(id);
        if (!one) return gone();
        const body = (await request.json()) as Record<string, unknown>;
        const dry = parameters(request).get('dry_run') === 'true';
        const what = at(request, -1);
        bills.orders.push({ what, body, dry });
        const target = dry ? structuredClone(one) : one;
        return order(bills, target, what, body);
      }),
    ),
  ];
}

function order(bills: Bills, one: Invoice, what: string, body: Record<string, unknown>) {
  switch (what) {
    case 'finalize':
      if (one.blockers.some(({ waiver }) => waiver == null)) {
        return problem(409, 'invalid_state', 'Something blocks it');
      }
      return Object.assign(one, {
        status: 'finalized',
        number: 'R1-2026-000003',
        issued_at: '2026-11-22T12:00:00Z',
        due_on: '2026-12-22',
      });
    case 'void':
      return Object.assign(one, {
        status: 'void',
        voided: { at: '2026-11-22T12:00:00Z', by: 'operator@localhost', reason: body.reason },
      });
    case 'waivers':
      for (const blocker of one.blockers) {
        if (blocker.code === body.blocker) blocker.waiver = String(body.reason);
      }
      return one;
    default: {
      const note: Invoice = {
        ...structuredClone(one),
        invoice_id: '10',
        kind: 'CREDIT_NOTE',
        number: 'R1-CN-2026-000002',
        reference: { invoice_id: one.invoice_id, number: one.number ?? null },
      };
      bills.invoices.unshift(note);
      return note;
    }
  }
}
