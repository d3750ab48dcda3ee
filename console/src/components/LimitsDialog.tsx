import { Button, Group, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { QueryState } from '@/components/QueryState';
import { useViewer } from '@/components/useViewer';
import {
  changeLimits,
  LIMIT_KINDS,
  limitsQuery,
  type LimitKind,
  type LimitOwner,
  type Limits,
  type LimitSet,
} from '@/lib/limits';
import { FormError } from '@/components/FormError';

/** Empty, or 1 to 1,000,000,000. */
const LIMIT = /^(|[1-9][0-9]{0,8}|1000000000)$/;

/** How much an organization, project or key may ask at a time. */
export function LimitsDialog({ owner, onClose }: { owner: LimitOwner; onClose: () => void }) {
  const { t } = useTranslation();
  const limits = useQuery(limitsQuery(owner));
  return (
    <Dialog onClose={onClose} size="xl" title={t('keys.limits.title', { name: owner.name })}>
      <QueryState query={limits} what={t('keys.limits.what')} skeleton={<Skeleton height={180} />}>
        {(set) => <LimitsForm key={set.version} owner={owner} set={set} onClose={onClose} />}
      </QueryState>
    </Dialog>
  );
}

type Form = Record<LimitKind, string>;

const isLimit = (text: string) => LIMIT.test(text);

/** Those of all models together; limits of single models are shown and kept. */
function LimitsForm({
  owner,
  set,
  onClose,
}: {
  owner: LimitOwner;
  set: LimitSet;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const now = set.limits.find((one) => one.model === null) ?? set.defaults;
  const ofModels = set.limits.filter((one) => one.model !== null);
  const [form, setForm] = useState<Form>({
    requests_per_minute: now.requests_per_minute ?? '',
    tokens_per_minute: now.tokens_per_minute ?? '',
    concurrency: now.concurrency ?? '',
    queue_length: now.queue_length ?? '',
  });
  const change = useMutation(changeLimits);
  const maySet = useViewer().may('site');
  const valid = LIMIT_KINDS.every((kind) => isLimit(form[kind]));

  const save = (limits: Limits[]) => {
    change.mutate({ owner, version: set.version, limits }, { onSuccess: onClose });
  };
  const value = (kind: LimitKind) => (form[kind] === '' ? null : form[kind]);
  const submit = () => {
    if (!valid) return;
    const all: Limits = {
      model: null,
      requests_per_minute: value('requests_per_minute'),
      tokens_per_minute: value('tokens_per_minute'),
      concurrency: value('concurrency'),
      queue_length: value('queue_length'),
    };
    save([all, ...ofModels]);
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        {change.error && <FormError error={change.error} />}
        <Text size="sm" c="dimmed">
          {t(set.has_defaults ? 'keys.limits.default' : 'keys.limits.own')}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {LIMIT_KINDS.map((kind) => (
            <TextInput
              key={kind}
              label={t(`keys.limits.${kind}`)}
              placeholder={t('keys.limits.none')}
              inputMode="numeric"
              readOnly={!maySet}
              error={isLimit(form[kind]) ? undefined : t('keys.limits.wrong')}
              value={form[kind]}
              onChange={(event) => {
                setForm({ ...form, [kind]: event.currentTarget.value.trim() });
              }}
            />
          ))}
        </SimpleGrid>
        {ofModels.map((one) => (
          <Text key={one.model} size="sm">
            <span className="mono">{one.model}</span>
            {': '}
            {LIMIT_KINDS.filter((kind) => one[kind] !== null)
              .map((kind) => `${t(`keys.limits.${kind}`)} ${one[kind] ?? ''}`)
              .join(', ')}
          </Text>
        ))}
        <Text size="sm" c="dimmed">
          {t('keys.limits.when')}
        </Text>
        {!maySet && <Text size="sm">{t('keys.limits.byOperator')}</Text>}
        <Group justify="flex-end">
          {maySet && !set.has_defaults && (
            <Button
              variant="default"
              loading={change.isPending}
              onClick={() => {
                save(ofModels);
              }}
            >
              {t('keys.limits.reset')}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          {maySet && (
            <Button type="submit" disabled={!valid} loading={change.isPending}>
              {t('keys.change.submit')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
