import type { TFunction } from 'i18next';
import { isRole, ROLES, type Role } from '@/lib/permissions';

/** The role in the viewer's language; one that this console does not know, as it is called. */
export function roleLabel(t: TFunction, role: string): string {
  return isRole(role) ? t(`role.${role}`) : role;
}

/** Roles that may be given: in one project not all, and owners are made by owners only. */
export function givable(ofProject: boolean, byOwner: boolean): Role[] {
  return ROLES.filter(
    (role) =>
      (byOwner || role !== 'owner') && !(ofProject && (role === 'owner' || role === 'finance')),
  );
}
