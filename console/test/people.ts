/** People of the invented site: who is logged in, what that gives, and the routes about people. */
import { http, HttpResponse } from 'msw';
import type { Member as ReadMember } from '@/features/members/api/members';
import type { Invitation as ReadInvitation } from '@/features/members/api/invitations';
import type { Permission, Role } from '@/lib/permissions';
import { problem, type Answer } from './answers.ts';
import type { World } from './world.ts';

/** As they are sent, with what the console does not read. */
type Member = ReadMember & { person_id: string; enabled: boolean };
type Invitation = ReadInvitation & { invited_by: string | null; version: string };

export const EMAIL = 'operator@localhost';
export const TOKEN = 'pY4kLw0Qm3Rz8Vb1Xc6Nd5Ft2Gh7Jk9Lp0Sa4Df8Gh1';

/** Who is logged in: the operator, or somebody with a role in organization 1 or its project 11. */
export type Who = 'operator' | 'nobody' | Role | `project ${'admin' | 'developer' | 'viewer'}`;

const ROLES: Role[] = ['owner', 'admin', 'developer', 'finance', 'viewer'];

/** First letters of the roles; with a star a role in one project is enough there. */
const GIVEN_BY: Record<Permission, string> = {
  tenants_read: 'OADFV*',
  usage_read: 'OADFV*',
  overview_read: 'OADFV',
  keys_read: 'OAD*',
  keys_write: 'OAD*',
  projects_write: 'OA*',
  content_read: 'OAD*',
  projects_create: 'OA',
  budgets_read: 'OAF',
  budgets_write: 'OAF',
  credit_read: 'OAF',
  invoices_read: 'OAF',
  exports_read: 'OAF',
  audit_read: 'OAF',
  members_read: 'OA',
  members_write: 'OA',
  site: '',
};

const PERMISSIONS = Object.keys(GIVEN_BY) as Permission[];

const letter = (role: Role) => role.charAt(0).toUpperCase();

/** `GET /admin/api/roles`. */
function matrixOf() {
  return {
    roles: ROLES.map((role) => ({ role, of_projects: role !== 'owner' && role !== 'finance' })),
    permissions: PERMISSIONS.map((permission) => ({
      permission,
      by_project: GIVEN_BY[permission].includes('*'),
      operator: permission !== 'content_read',
      roles: ROLES.filter((role) => GIVEN_BY[permission].includes(letter(role))),
    })),
  };
}

/** The member `person` of the session. */
export function personOf(who: Who) {
  if (who === 'operator' || who === 'nobody') {
    const permissions = who === 'nobody' ? [] : matrixOf().permissions;
    return {
      email: who === 'nobody' ? 'nobody@acme.example' : EMAIL,
      roles: [],
      permissions: permissions
        .filter(({ operator }) => operator)
        .map(({ permission }) => ({
          permission,
          everywhere: true,
          organizations: [],
          projects: [],
        })),
    };
  }
  const ofProject = who.startsWith('project ');
  const role = who.replace('project ', '') as Role;
  return {
    email: `${role}@acme.example`,
    roles: [{ organization_id: '1', project_id: ofProject ? '11' : null, role }],
    permissions: matrixOf()
      .permissions.filter((one) => one.roles.includes(role) && (!ofProject || one.by_project))
      .map(({ permission }) => ({
        permission,
        everywhere: false,
        organizations: ofProject ? [] : ['1'],
        projects: ofProject ? ['11'] : [],
      })),
  };
}

export function createPeople(now: Date) {
  const created_at = '2026-11-01T08:00:00Z';
  const member = (id: string, name: string, role: string, more: Partial<Member> = {}): Member => ({
    id,
    organization_id: '1',
    project_id: null,
    person_id: `9${id}`,
    email: `${name}@acme.example`,
    enabled: true,
    role,
    of_group: false,
    created_at,
    version: '0',
    ...more,
  });
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();
  const invitation = (
    id: string,
    name: string,
    days: number,
    more: Partial<Invitation> = {},
  ): Invitation => ({
    id,
    organization_id: '1',
    project_id: null,
    email: `${name}@acme.example`,
    role: 'viewer',
    invited_by: EMAIL,
    created_at: inDays(days - 7),
    expires_at: inDays(days),
    accepted_at: null,
    revoked_at: null,
    version: '0',
    ...more,
  });
  return {
    members: [
      member('1', 'owner', 'owner'),
      member('2', 'admin', 'admin'),
      member('3', 'dev', 'developer', { project_id: '11' }),
      member('4', 'money', 'finance', { of_group: true }),
    ],
    invitations: [
      invitation('9', 'new', 6, { project_id: '12', role: 'developer' }),
      invitation('8', 'late', -1),
      invitation('7', 'came', 1, { accepted_at: inDays(-3) }),
    ],
  };
}

export type People = ReturnType<typeof createPeople>;

const ofOrganization = <T extends { organization_id: string }>(request: Request, items: T[]) => {
  const asked = new URL(request.url).searchParams.get('organization_id');
  return items.filter((item) => item.organization_id === asked);
};

export function peopleHandlers(world: World, people: People, answer: Answer) {
  return [
    http.get(
      '*/admin/api/roles',
      answer(() => matrixOf()),
    ),
    http.get(
      '*/admin/api/roles/holders',
      answer((request) => ({
        items: ofOrganization(request, people.members)
          .filter(({ role }) => role === 'owner' || role === 'admin')
          .map(({ email, role }) => ({ email, role })),
      })),
    ),
    http.get(
      '*/admin/api/roles/mapping',
      answer((request) =>
        new URL(request.url).searchParams.get('organization_id') === '1'
          ? {
              groups: [
                { name: 'acme-finance', role: 'finance', project_id: null },
                { name: 'acme-chat', role: 'developer', project_id: '11' },
              ],
              domains: [{ name: 'acme.example', role: 'viewer', project_id: null }],
            }
          : { groups: [], domains: [] },
      ),
    ),
    http.get(
      '*/admin/api/members',
      answer((request) => ({ items: ofOrganization(request, people.members), next: null })),
    ),
    http.put(
      '*/admin/api/members/:id',
      answer(async (request, id) => {
        const { role } = (await request.json()) as { role: string };
        return seen(people, id, request, (member) => Object.assign(member, { role }));
      }),
    ),
    http.delete(
      '*/admin/api/members/:id',
      answer((request, id) =>
        seen(people, id, request, (member) => {
          people.members.splice(people.members.indexOf(member), 1);
          return new HttpResponse(null, { status: 204 });
        }),
      ),
    ),
    http.get(
      '*/admin/api/invitations',
      answer((request) => ({ items: ofOrganization(request, people.invitations), next: null })),
    ),
    http.post(
      '*/admin/api/invitations',
      answer(async (request) => {
        const given = (await request.json()) as Pick<Invitation, 'email' | 'role'> & {
          organization_id: string;
          project_id?: string;
        };
        const invitation: Invitation = {
          ...given,
          id: String(20 + people.invitations.length),
          project_id: given.project_id ?? null,
          invited_by: EMAIL,
          created_at: world.now.toISOString(),
          expires_at: new Date(world.now.getTime() + 7 * 86_400_000).toISOString(),
          accepted_at: null,
          revoked_at: null,
          version: '0',
        };
        people.invitations.unshift(invitation);
        return HttpResponse.json({ invitation, token: TOKEN }, { status: 201 });
      }),
    ),
    http.delete(
      '*/admin/api/invitations/:id',
      answer((_request, id) => {
        const found = people.invitations.find((one) => one.id === id);
        if (!found) return problem(404, 'not_found', 'not found');
        return Object.assign(found, { revoked_at: world.now.toISOString() });
      }),
    ),
  ];
}

/** Changes a member that is as its caller has seen it. */
function seen(people: People, id: string, request: Request, work: (member: Member) => unknown) {
  const member = people.members.find((one) => one.id === id);
  if (!member) return problem(404, 'not_found', 'not found');
  if (request.headers.get('If-Match') !== `"${member.version}"`) {
    return problem(412, 'stale_version', 'stale version');
  }
  member.version = String(Number(member.version) + 1);
  return work(member);
}
