/** Invoices, exports, and how they are set up. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '@/app/signedIn';
import { invoicesSearchSchema, revenueSearchSchema } from '@/features/invoices/search';
import { loadBillingMessages } from '@/lib/i18n/i18n';

/** A page of billing's, with its words. */
export async function ofBilling<T>(page: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([page, loadBillingMessages()]);
  return loaded;
}

const invoicesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/invoices',
  staticData: { needs: 'invoices_read' },
  validateSearch: invoicesSearchSchema,
  component: lazyRouteComponent(() => import('@/features/invoices/InvoicesPage'), 'InvoicesPage'),
});

const invoiceRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/invoices/$id',
  staticData: { needs: 'invoices_read' },
  component: lazyRouteComponent(() => import('@/features/invoices/InvoicePage'), 'InvoicePage'),
});

const revenueRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/revenue',
  staticData: { needs: 'site' },
  validateSearch: revenueSearchSchema,
  component: lazyRouteComponent(() => import('@/features/invoices/RevenuePage'), 'RevenuePage'),
});

const exportsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/exports',
  staticData: { needs: 'exports_read' },
  component: lazyRouteComponent(
    () => ofBilling(import('@/features/exports/ExportsPage')),
    'ExportsPage',
  ),
});

const exportRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/exports/$id',
  staticData: { needs: 'exports_read' },
  component: lazyRouteComponent(
    () => ofBilling(import('@/features/exports/ExportPage')),
    'ExportPage',
  ),
});

const scheduleRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/exports/schedules/$id',
  staticData: { needs: 'site' },
  component: lazyRouteComponent(
    () => ofBilling(import('@/features/exports/SchedulePage')),
    'SchedulePage',
  ),
});

const billingRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/billing',
  staticData: { needs: 'invoices_read' },
  component: lazyRouteComponent(
    () => ofBilling(import('@/features/billing/BillingPage')),
    'BillingPage',
  ),
});

const taxRulesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/tax-rules',
  staticData: { needs: 'site' },
  component: lazyRouteComponent(
    () => ofBilling(import('@/features/billing/TaxRulesPage')),
    'TaxRulesPage',
  ),
});

export const billingRoutes = [
  billingRoute,
  taxRulesRoute,
  invoicesRoute,
  invoiceRoute,
  revenueRoute,
  exportsRoute,
  exportRoute,
  scheduleRoute,
] as const;
