import { Alert, Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Conflict } from '@/components/Conflict';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { Icon } from '@/components/Icon';
import { projectsQuery, storeContent, type Project } from '@/features/projects/api/projects';
import { Problem } from '@/lib/http';

const MOST_DAYS = 90;
const USUAL_DAYS = 30;

/** Whether and how long prompts and answers are stored; says first what becomes of what is. */
export function StoringDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [seen, setSeen] = useState(project);
  const [on, setOn] = useState(project.content_days !== null);
  const [days, setDays] = useState<number | string>(project.content_days ?? USUAL_DAYS);
  const [typed, setTyped] = useState('');
  const [theirs, setTheirs] = useState<Project>();
  const store = useMutation(storeContent);
  const stale = store.error instanceof Problem && store.error.status === 412;
  const isDays = typeof days === 'number' && days % 1 === 0 && days >= 1;
  const valid = !on || (isDays && days <= MOST_DAYS);
  const wanted = on && typeof days === 'number' ? days : null;
  const effect = effectOf(seen.content_days, wanted);
  const deletes = effect === 'off' || effect === 'fewer';
  const inWords = (value: number | null) =>
    value === null ? t('storing.off') : t('storing.on', { count: value });

  const save = (from: Project) => {
    store.mutate(
      { project: from, days: wanted },
      {
        onSuccess: onClose,
        onError: (error) => {
          if (!(error instanceof Problem) || error.status !== 412) return;
          void client
            .query({ ...projectsQuery(project.organization_id), staleTime: 0 })
            .then(({ items }) => {
              setTheirs(items.find(({ id }) => id === project.id));
            });
        },
      },
    );
  };

  return (
    <Dialog onClose={onClose} size="lg" title={t('storing.title', { name: project.name })}>
      <Stack gap="md">
        {store.error && !stale && <FormError error={store.error} />}
        {theirs && (
          <Conflict
            fields={[
              {
                name: t('projects.col.content'),
                yours: inWords(wanted),
                theirs: inWords(theirs.content_days),
              },
            ]}
            busy={store.isPending}
            onKeep={() => {
              setSeen(theirs);
              setTheirs(undefined);
              save(theirs);
            }}
            onTake={() => {
              setSeen(theirs);
              setOn(theirs.content_days !== null);
              setDays(theirs.content_days ?? USUAL_DAYS);
              setTheirs(undefined);
              store.reset();
            }}
          />
        )}
        <Text size="sm">{t('storing.body')}</Text>
        <Checkbox
          label={t('storing.switch')}
          checked={on}
          onChange={(event) => {
            setOn(event.currentTarget.checked);
          }}
        />
        {on && (
          <NumberInput
            label={t('storing.days')}
            description={t('storing.days.hint')}
            min={1}
            max={MOST_DAYS}
            allowDecimal={false}
            hideControls
            error={valid ? undefined : t('storing.days.wrong')}
            value={days}
            onChange={setDays}
          />
        )}
        {valid && effect !== 'same' && (
          <Alert
            role="status"
            color={deletes ? 'red' : 'blue'}
            icon={<Icon name={deletes ? 'warning' : 'clock'} />}
          >
            {t(`storing.effect.${effect}`, { days: wanted ?? 0 })}
          </Alert>
        )}
        {valid && deletes && (
          <TextInput
            label={t('storing.type', { name: project.name })}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
            }}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('form.cancel')}
          </Button>
          <Button
            color={deletes ? 'red.9' : undefined}
            loading={store.isPending}
            disabled={
              !valid ||
              effect === 'same' ||
              theirs !== undefined ||
              (deletes && typed.trim() !== project.name)
            }
            onClick={() => {
              save(seen);
            }}
          >
            {t(on ? 'storing.submit.on' : 'storing.submit.off', { name: project.name })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** What becomes of what is stored, and of what comes. */
function effectOf(before: number | null, after: number | null) {
  if (before === after) return 'same';
  if (after === null) return 'off';
  if (before === null) return 'begin';
  return after < before ? 'fewer' : 'longer';
}
