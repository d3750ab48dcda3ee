import { Button, Container, Stack, Text } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/components/PageHeader';
import { Failure } from '@/components/QueryState';
import { Refused } from '@/components/Refused';
import type { Permission } from '@/lib/permissions';

/** What a mistyped address shows, inside the shell. */
export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Stack align="flex-start">
      <PageHeader title={t('app.notFound')} />
      <Text c="dimmed">{t('app.notFound.body')}</Text>
      <Button renderRoot={(props) => <Link to="/" {...props} />}>{t('app.notFound.home')}</Button>
    </Stack>
  );
}

/** What stands for a page that cannot be drawn, inside the shell. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <>
      <PageHeader title={t('app.crashed')} />
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={retry} />
    </>
  );
}

/** What stands for a page that the viewer's roles do not open. */
export function RefusedPage({ permission }: { permission: Permission }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('refused.page')} />
      <Refused permission={permission} />
    </>
  );
}

/** The same where there is no shell, for example because the server does not answer. */
export function AppFailure(props: ErrorComponentProps) {
  return (
    <Container component="main" size="sm" py="xl">
      <PageFailure {...props} />
    </Container>
  );
}
