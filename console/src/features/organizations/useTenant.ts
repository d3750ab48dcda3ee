import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { tenantsQuery } from '@/features/organizations/api/organizations';

/** All organizations, page after page: a search looks through every one of them. */
export function useAllTenants(all: boolean) {
  const query = useInfiniteQuery(tenantsQuery);
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (all && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [all, hasNextPage, isFetching, isError, fetchNextPage]);
  const items = query.data?.pages.flatMap((page) => page.items);
  return { query, items, complete: query.data !== undefined && !hasNextPage };
}

/** One of them; `gone` once all were read and it was not there. */
export function useTenant(id: string) {
  const { query, items, complete } = useAllTenants(true);
  const tenant = items?.find((one) => one.id === id);
  return { query, tenant, gone: complete && tenant === undefined };
}
