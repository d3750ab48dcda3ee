import { Button, Container } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import { Failure } from '@/components/QueryState';

/** What a mistyped address shows. */
export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="xl">
      <EmptyState title={t('app.notFound')} body={t('app.notFound.body')}>
        <Button renderRoot={(props) => <Link to="/" {...props} />}>{t('app.notFound.home')}</Button>
      </EmptyState>
    </Container>
  );
}

/** What a whole page shows when it cannot be drawn at all, for example without a server. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl">
      <PageHeader title={t('app.crashed')} />
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={retry} />
    </Container>
  );
}
