import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { signIn } from '@/features/session/api/signIn';
import { Problem } from '@/lib/http';

/** Email and password. */
export function PasswordForm({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const login = useMutation(signIn);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        login.mutate({ email, password }, { onSuccess: onSignedIn });
      }}
    >
      <Stack gap="md">
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
      </Stack>
    </form>
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
      case 'forbidden':
        return t('login.error.forbidden');
      default:
        return t('login.error.other', { title: error.message, code: error.code });
    }
  }
}
