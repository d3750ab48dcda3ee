import type { IconName } from '@/components/Icon';
import type { Permission } from '@/lib/permissions';

/** The pages of the navigation, each with what it needs. */
export const PAGES = [
  { to: '/', name: 'overview', needs: 'overview_read' },
  { to: '/usage', name: 'usage', needs: 'usage_read' },
  { to: '/keys', name: 'keys', needs: 'keys_read' },
  { to: '/projects', name: 'projects', needs: 'tenants_read' },
  { to: '/members', name: 'members', needs: 'members_read' },
  { to: '/invoices', name: 'invoices', needs: 'invoices_read' },
  { to: '/billing', name: 'billing', needs: 'invoices_read' },
  { to: '/exports', name: 'exports', needs: 'exports_read' },
  { to: '/audit', name: 'audit', needs: 'audit_read' },
  { to: '/organizations', name: 'organizations', needs: 'site' },
  { to: '/upstreams', name: 'upstreams', needs: 'site' },
  { to: '/reconciliation', name: 'reconciliation', needs: 'site' },
] as const satisfies { to: string; name: IconName; needs: Permission }[];
