import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '@/components/Brand';
import { sessionQuery } from '@/features/session/api/session';
import { LoginRefusal } from '@/features/session/components/LoginRefusal';
import { PasswordForm } from '@/features/session/components/PasswordForm';
import classes from '@/features/session/LoginPage.module.css';

const route = getRouteApi('/login');

/**
 * The way to the identity provider where the site has one, and email and password where it takes
 * them; afterwards the page that was asked for. Says why the provider's way ended here.
 */
export function LoginPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const { next = '/', refused, request_id: requestId } = route.useSearch();
  const { data: session } = useQuery(sessionQuery);
  useEffect(() => {
    document.title = `${t('login.title')} · R1 Platform`;
  }, [t]);
  const oidc = session?.login?.oidc ?? false;
  const byPassword = session?.login?.password ?? true;
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <Brand />
        <Paper withBorder p="xl" className={classes.card}>
          <Stack gap="md">
            <div>
              <Title order={1} size="h2">
                {t('login.title')}
              </Title>
              <Text c="dimmed" size="sm" mt={4}>
                {t('login.lead')}
              </Text>
            </div>
            {refused !== undefined && <LoginRefusal reason={refused} requestId={requestId} />}
            {oidc && (
              <Button
                component="a"
                href="/admin/login/oidc"
                variant={byPassword ? 'default' : 'filled'}
                fullWidth
              >
                {t('login.oidc')}
              </Button>
            )}
            {byPassword && (
              <PasswordForm
                onSignedIn={() => {
                  router.history.push(router.history.createHref(`/console${next}`));
                }}
              />
            )}
            {!byPassword && (
              <Text size="sm" c="dimmed">
                {t(oidc ? 'login.noPassword' : 'login.noWay')}
              </Text>
            )}
          </Stack>
        </Paper>
        {byPassword && (
          <Text size="xs" c="dimmed" ta="center">
            {t('login.hint')}
          </Text>
        )}
      </div>
    </main>
  );
}
