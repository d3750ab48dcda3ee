import { QueryCache, QueryClient } from '@tanstack/react-query';
import { sessionQuery } from '@/features/session/api/session';
import { Problem } from '@/lib/http';

const isRefusal = (error: Error) =>
  error instanceof Problem && error.status >= 400 && error.status < 500;

/** The one cache of server state. A 401 anywhere means that the session is over. */
export function createQueryClient(onSessionOver: () => void): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (!(error instanceof Problem) || error.status !== 401) return;
        client.removeQueries({ queryKey: sessionQuery.queryKey });
        onSessionOver();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A refusal stays a refusal; one quick repetition covers a connection that just broke.
        retry: (failures, error) => failures < 1 && !isRefusal(error),
        retryDelay: 400,
      },
    },
  });
  return client;
}
