/** Where to look into an organization. */
export const PLACES = [
  { to: '/projects', name: 'projects' },
  { to: '/keys', name: 'keys' },
  { to: '/invoices', name: 'invoices' },
  { to: '/billing', name: 'billing' },
  { to: '/exports', name: 'exports' },
] as const;
