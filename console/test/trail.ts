/** The audit trail of the invented site, and its check. */
import { createHash } from 'node:crypto';
import { http } from 'msw';
import type { AuditEvent } from '@/features/audit/api/audit';
import { problem, type Answer } from './answers.ts';
import type { World } from './world.ts';

const CHANGES: Pick<AuditEvent, 'action' | 'object_kind' | 'object_id' | 'before' | 'after'>[] = [
  {
    action: 'project.changed',
    object_kind: 'project',
    object_id: '12',
    before: { id: '12', name: 'Nightly evaluation', content_days: null, models: null },
    after: { id: '12', name: 'Nightly evaluation', content_days: 30, models: ['r1-nano'] },
  },
  {
    action: 'key.created',
    object_kind: 'key',
    object_id: '24',
    before: null,
    after: { id: '24', name: 'month-end batch', scopes: ['inference', 'batch'] },
  },
  { action: 'content.read', object_kind: 'request', object_id: '0199', before: null, after: null },
];

function createTrail(now: Date): AuditEvent[] {
  return Array.from({ length: 60 }, (_, index) => ({
    id: String(60 - index),
    at: new Date(now.getTime() - index * 3_600_000).toISOString(),
    actor: index % 2 === 0 ? 'owner@acme.example' : 'operator@localhost',
    address: '10.1.2.3',
    organization_id: '1',
    request_id: '01993c1e-0000-7000-a000-000000000001',
    sequence: String(60 - index),
    hash: createHash('sha256').update(String(index)).digest('hex'),
    ...(CHANGES[index % CHANGES.length] as (typeof CHANGES)[number]),
  }));
}

export function trailHandlers(world: World, answer: Answer) {
  const trail = createTrail(world.now);
  const check = { at: new Date(world.now.getTime() - 3_600_000).toISOString() };
  const report = (organization: string | null) => ({
    at: check.at,
    events: organization === null ? '60' : null,
    whole: true,
    broken_chains: [],
  });
  return [
    http.get(
      '*/admin/api/audit',
      answer((request) => {
        const query = new URL(request.url).searchParams;
        const names = ['action', 'object_kind', 'object_id', 'organization_id'] as const;
        const found = trail.filter((event) =>
          names.every((name) => !query.get(name) || event[name] === query.get(name)),
        );
        const after = query.get('after');
        const below = found.filter((event) => after === null || Number(event.id) < Number(after));
        const page = below.slice(0, Number(query.get('limit') ?? '50'));
        return { items: page, next: below.length > page.length ? page.at(-1)?.id : null };
      }),
    ),
    http.get(
      '*/admin/api/audit/check',
      answer((request) => report(new URL(request.url).searchParams.get('organization_id'))),
    ),
    http.post(
      '*/admin/api/audit/check',
      answer(() => {
        check.at = world.now.toISOString();
        return report(null);
      }),
    ),
  ];
}

/** The prompt and answer of a request whose project stores them. */
export function contentHandlers(world: World, answer: Answer) {
  return [
    http.get(
      '*/admin/api/requests/:id/content',
      answer((request, id) => {
        const project = new URL(request.url).searchParams.get('project_id');
        const found = world.requests.find((one) => one.id === id);
        const stores = world.projects.find((one) => one.id === project)?.content_days != null;
        if (!found || !stores || found.key.project_id !== project) {
          return problem(404, 'not_found', 'not found');
        }
        world.contentViews.push(id);
        const chunk = (delta: unknown) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`;
        return {
          created_at: found.admitted.toISOString(),
          expires_at: new Date(found.admitted.getTime() + 30 * 86_400_000).toISOString(),
          path: '/v1/chat/completions',
          request: JSON.stringify({
            model: 'r1-nano',
            messages: [{ role: 'user', content: 'What is <b>347</b> + 589?' }],
          }),
          status: 200,
          content_type: 'text/event-stream',
          answer: [
            chunk({ reasoning_content: '300 + 500 is 800, ' }),
            chunk({ reasoning_content: '47 + 89 is 136.' }),
            chunk({ content: 'It is ' }),
            chunk({ content: '936.' }),
            'data: [DONE]\n\n',
          ].join(''),
        };
      }),
    ),
  ];
}
