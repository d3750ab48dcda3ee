import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '@/components/Brand';
import { Icon } from '@/components/Icon';
import { sessionQuery } from '@/features/session/api/session';
import { signIn } from '@/features/session/api/signIn';
import classes from '@/features/session/LoginPage.module.css';
import { Problem } from '@/lib/http';

const route = getRouteApi('/login');

/**
 * Email and password, or the way to the identity provider where the site has one; afterwards the
 * page that was asked for.
 */
export function LoginPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const { next = '/' } = route.useSearch();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const login = useMutation(signIn);
  const { data: session } = useQuery(sessionQuery);
  useEffect(() => {
    document.title = `${t('login.title')} · R1 Platform`;
  }, [t]);
  const submit = () => {
    login.mutate(
      { email, password },
      {
        onSuccess: () => {
          router.history.push(router.history.createHref(`/console${next}`));
        },
      },
    );
  };
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <Brand />
        <Paper withBorder p="xl" className={classes.card}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <Stack gap="md">
              <div>
                <Title order={1} size="h2">
                  {t('login.title')}
                </Title>
                <Text c="dimmed" size="sm" mt={4}>
                  {t('login.lead')}
                </Text>
              </div>
              {login.error && <LoginError error={login.error} />}
              <TextInput
                label={t('login.email')}
                name="email"
                autoComplete="username"
                required
                withAsterisk={false}
                autoFocus
                value={email}
                onChange={(event) => {
                  setEmail(event.currentTarget.value);
                }}
              />
              <PasswordInput
                label={t('login.password')}
                name="password"
                autoComplete="current-password"
                required
                withAsterisk={false}
                visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
                value={password}
                onChange={(event) => {
                  setPassword(event.currentTarget.value);
                }}
              />
              <Button type="submit" size="md" loading={login.isPending} fullWidth>
                {t('login.submit')}
              </Button>
              {session?.login?.oidc && (
                <Button component="a" href="/admin/login/oidc" variant="default" fullWidth>
                  {t('login.oidc')}
                </Button>
              )}
            </Stack>
          </form>
        </Paper>
        <Text size="xs" c="dimmed" ta="center">
          {t('login.hint')}
        </Text>
      </div>
    </main>
  );
}

function LoginError({ error }: { error: Error }) {
  const { t } = useTranslation();
  return (
    <Alert role="alert" color="red" icon={<Icon name="warning" />}>
      {words()}
    </Alert>
  );

  function words(): string {
    if (!(error instanceof Problem)) return error.message;
    switch (error.code) {
      case 'invalid_credentials':
        return t('login.error.invalid_credentials');
      case 'unreachable':
        return t('login.error.unreachable');
      case 'too_many_attempts':
        return error.retryAfterSeconds === undefined
          ? t('login.error.too_many_attempts')
          : t('login.error.too_many_attempts.seconds', { seconds: error.retryAfterSeconds });
      default:
        return t('login.error.other', { title: error.message, code: error.code });
    }
  }
}
