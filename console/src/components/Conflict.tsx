import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from '@/components/Conflict.module.css';
import { Icon } from '@/components/Icon';

interface ConflictProps {
  /** One line for each field that is set: yours and theirs. */
  fields: { name: string; yours: string; theirs: string }[];
  onKeep: () => void;
  onTake: () => void;
  busy: boolean;
}

/** Somebody changed it meanwhile: both states side by side, and nothing is lost. */
export function Conflict({ fields, onKeep, onTake, busy }: ConflictProps) {
  const { t } = useTranslation();
  return (
    <Alert role="alert" color="yellow" icon={<Icon name="warning" />} title={t('conflict.title')}>
      <Stack gap="sm">
        <Text size="sm">{t('conflict.body')}</Text>
        <table className={classes.sides}>
          <thead>
            <tr>
              <th scope="col">{t('conflict.field')}</th>
              <th scope="col">{t('conflict.yours')}</th>
              <th scope="col">{t('conflict.theirs')}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ name, yours, theirs }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{yours}</td>
                <td>{theirs}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <Group gap="sm">
          <Button size="xs" onClick={onKeep} loading={busy}>
            {t('conflict.keep')}
          </Button>
          <Button size="xs" variant="default" onClick={onTake}>
            {t('conflict.take')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
