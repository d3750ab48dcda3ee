import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Facts } from '@/components/Facts';
import { LimitsDialog } from '@/components/LimitsDialog';
import { Lines } from '@/components/Lines';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import type { Tenant } from '@/features/organizations/api/organizations';
import { LIMIT_KINDS, limitsQuery, type LimitOwner } from '@/lib/limits';
import { formatTokens } from '@/lib/money';

/** How much it may ask at a time, of all models together. */
export function LimitsPanel({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const owner: LimitOwner = { scope: 'organization', id: tenant.id, name: tenant.name };
  const query = useQuery(limitsQuery(owner));
  const [changing, setChanging] = useState(false);
  return (
    <Panel
      fill
      title={t('organizations.limits')}
      action={
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            setChanging(true);
          }}
        >
          {t('organizations.limits.change')}
        </Button>
      }
    >
      <QueryState query={query} what={t('keys.limits.what')} skeleton={<Lines count={2} />}>
        {(set) => {
          const now = set.limits.find((one) => one.model === null) ?? set.defaults;
          return (
            <Facts
              facts={LIMIT_KINDS.map((kind) => {
                const limit = now[kind];
                return {
                  name: t(`keys.limits.${kind}`),
                  value: limit === null ? t('keys.limits.none') : formatTokens(limit),
                };
              })}
            />
          );
        }}
      </QueryState>
      {changing && (
        <LimitsDialog
          owner={owner}
          onClose={() => {
            setChanging(false);
          }}
        />
      )}
    </Panel>
  );
}
