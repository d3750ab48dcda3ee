import {
  ActionIcon,
  Group,
  NativeSelect,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from '@/app/ShellControls.module.css';
import { Icon, type IconName } from '@/components/Icon';
import { useViewer } from '@/components/useViewer';
import { signOut } from '@/features/session/api/signOut';
import { isLanguage, LANGUAGES, speak } from '@/lib/i18n/i18n';

/** Theme, language and the operator, at the foot of the navigation. */
export function ShellControls() {
  return (
    <Stack gap="sm" className={classes.controls}>
      <Group gap="xs" wrap="nowrap">
        <ThemeSwitch />
        <LanguageSwitch />
      </Group>
      <Operator />
    </Stack>
  );
}

const SCHEMES: { value: 'light' | 'auto' | 'dark'; icon: IconName }[] = [
  { value: 'light', icon: 'sun' },
  { value: 'auto', icon: 'auto' },
  { value: 'dark', icon: 'moon' },
];

function ThemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('app.theme')}
      value={colorScheme}
      onChange={setColorScheme}
      data={SCHEMES.map(({ value, icon }) => ({
        value,
        label: (
          <span className={classes.scheme} title={t(`app.theme.${value}`)}>
            <Icon name={icon} size={15} />
            <VisuallyHidden>{t(`app.theme.${value}`)}</VisuallyHidden>
          </span>
        ),
      }))}
    />
  );
}

function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <NativeSelect
      size="xs"
      flex={1}
      rightSectionWidth={22}
      aria-label={t('app.language')}
      value={i18n.language}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        if (isLanguage(chosen)) void speak(chosen);
      }}
    />
  );
}

function Operator() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const { email } = useViewer();
  const leave = useMutation({
    ...signOut,
    onSettled: async () => {
      client.clear();
      await router.invalidate();
    },
  });
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs" className={classes.operator}>
      <div className={classes.who}>
        <Text size="xs" c="dimmed">
          {t('app.signedInAs')}
        </Text>
        <Text size="sm" fw={550} truncate title={email}>
          {email}
        </Text>
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('app.signOut')}
        title={t('app.signOut')}
        loading={leave.isPending}
        onClick={() => {
          leave.mutate();
        }}
      >
        <Icon name="out" />
      </ActionIcon>
    </Group>
  );
}
