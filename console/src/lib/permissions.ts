/** What somebody may do, and where, as the session's answer says it. The server decides anyway. */
import { z } from '@/lib/wire';

const PERMISSIONS = [
  'tenants_read',
  'usage_read',
  'overview_read',
  'keys_read',
  'keys_write',
  'projects_write',
  'content_read',
  'projects_create',
  'budgets_read',
  'budgets_write',
  'credit_read',
  'invoices_read',
  'exports_read',
  'audit_read',
  'members_read',
  'members_write',
  'site',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

export const isPermission = (text: string): text is Permission =>
  PERMISSIONS.some((known) => known === text);

export const isRole = (text: string): text is Role => ROLES.some((known) => known === text);

/** Where one thing may be done: on the whole site, in all of organizations, in single projects. */
export const grantSchema = z.object({
  permission: z.string(),
  everywhere: z.boolean(),
  organizations: z.array(z.string()),
  projects: z.array(z.string()),
});

type Grant = z.infer<typeof grantSchema>;

/** An organization as a whole, or with `project` that one of its projects. */
interface Place {
  organization: string;
  project?: string | undefined;
}

/** Whether this may be done there; without a place, whether it may be done anywhere. */
export type May = (permission: Permission, place?: Place) => boolean;

export function mayBy(grants: readonly Grant[]): May {
  const byName = new Map(grants.map((grant) => [grant.permission, grant]));
  return (permission, place) => {
    const grant = byName.get(permission);
    if (grant === undefined) return false;
    if (place === undefined || grant.everywhere) return true;
    if (grant.organizations.includes(place.organization)) return true;
    return place.project !== undefined && grant.projects.includes(place.project);
  };
}

/** Who looks at the console. */
export interface Viewer {
  email: string;
  /** Runs the site. */
  operator: boolean;
  may: May;
  /** Organizations in which there is a role, in one project of it at least. */
  organizations: string[];
  /** Owns the organization, or runs the site: makes owners and takes their role. */
  owns: (organization: string) => boolean;
  /** Whether people come by the identity provider here. */
  oidc: boolean;
}
