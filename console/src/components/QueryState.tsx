import { Alert, Button, Group, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { Refused } from '@/components/Refused';
import { Problem } from '@/lib/http';

interface QueryStateProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch' | 'isFetching'>;
  /** What is awaited, named after two seconds. */
  what: string;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}

/** Loading, error or data of one panel; old data stays while a newer answer fails or is awaited. */
export function QueryState<T>({ query, what, skeleton, children }: QueryStateProps<T>) {
  const failure = query.error !== null && (
    <Failure error={query.error} retry={() => void query.refetch()} busy={query.isFetching} />
  );
  if (query.data !== undefined) {
    return (
      <>
        {failure}
        {children(query.data)}
      </>
    );
  }
  if (failure) return failure;
  return <Loading what={what}>{skeleton}</Loading>;
}

function Loading({ what, children }: { what: string; children: ReactNode }) {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLate(true);
    }, 2000);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div aria-busy="true">
      {children}
      <Text role="status" size="sm" c="dimmed" mt="xs" mih={late ? undefined : 0}>
        {late ? t('panel.waiting', { what }) : ''}
      </Text>
    </div>
  );
}

interface FailureProps {
  error: Error;
  retry: () => void;
  busy?: boolean;
}

/** The problem's title, code and request id, with a way to try again; or who may do it. */
export function Failure({ error, retry, busy = false }: FailureProps) {
  const { t } = useTranslation();
  const problem = error instanceof Problem ? error : undefined;
  if (problem?.permission !== undefined) return <Refused permission={problem.permission} />;
  const title = problem?.status === 0 ? t('panel.error.unreachable') : error.message;
  return (
    <Alert role="alert" color="red" title={title} icon={<Icon name="warning" />} mb="md">
      {problem?.detail !== undefined && <Text size="sm">{problem.detail}</Text>}
      <Group gap="md" mt="xs">
        {problem && (
          <Text size="sm">
            {t('panel.code')}: <code>{problem.code}</code>
            {problem.requestId !== undefined && (
              <>
                {' · '}
                {t('panel.requestId')}: <code>{problem.requestId}</code>
              </>
            )}
          </Text>
        )}
        <Button size="xs" variant="default" onClick={retry} loading={busy}>
          {t('panel.retry')}
        </Button>
      </Group>
    </Alert>
  );
}
