import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Conflict } from '@/components/Conflict';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { tenantsQuery, weigh, type Tenant } from '@/features/organizations/api/organizations';
import { WeightField } from '@/features/organizations/components/WeightField';
import { isWeight, weightOf } from '@/features/organizations/weight';
import { Problem } from '@/lib/http';

/** Another weight. Where somebody was faster, both stand side by side. */
export function WeightDialog({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [seen, setSeen] = useState(tenant);
  const [theirs, setTheirs] = useState<Tenant>();
  const [weight, setWeight] = useState(String(tenant.weight));
  const change = useMutation(weigh);
  const stale = change.error instanceof Problem && change.error.status === 412;

  const save = (from: Tenant) => {
    if (!isWeight(weight)) return;
    change.mutate(
      { tenant: from, weight: weightOf(weight) },
      {
        onSuccess: onClose,
        onError: (error) => {
          if (!(error instanceof Problem) || error.status !== 412) return;
          void client.infiniteQuery({ ...tenantsQuery, staleTime: 0 }).then(({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            setTheirs(items.find(({ id }) => id === tenant.id));
          });
        },
      },
    );
  };

  return (
    <Dialog onClose={onClose} title={t('organizations.weight.title', { name: tenant.name })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save(seen);
        }}
      >
        <Stack gap="md">
          {change.error && !stale && <FormError error={change.error} />}
          {theirs && (
            <Conflict
              fields={[
                {
                  name: t('organizations.form.weight'),
                  yours: weight,
                  theirs: String(theirs.weight),
                },
              ]}
              busy={change.isPending}
              onKeep={() => {
                setSeen(theirs);
                setTheirs(undefined);
                save(theirs);
              }}
              onTake={() => {
                setSeen(theirs);
                setWeight(String(theirs.weight));
                setTheirs(undefined);
                change.reset();
              }}
            />
          )}
          <WeightField value={weight} onChange={setWeight} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button
              type="submit"
              loading={change.isPending}
              disabled={!isWeight(weight) || theirs !== undefined}
            >
              {t('keys.change.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
