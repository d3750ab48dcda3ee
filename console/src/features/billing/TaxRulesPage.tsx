import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Back } from '@/components/Back';
import { EmptyState } from '@/components/EmptyState';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { taxRulesQuery, type TaxRule } from '@/features/billing/api/taxRules';
import { CloseRuleDialog } from '@/features/billing/components/CloseRuleDialog';
import { NewRuleDialog } from '@/features/billing/components/NewRuleDialog';
import { TaxRuleTable } from '@/features/billing/components/TaxRuleTable';

/** Which taxes invoices have. */
export function TaxRulesPage() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(taxRulesQuery);
  const [making, setMaking] = useState(false);
  const [closing, setClosing] = useState<TaxRule>();
  const make = (
    <Button
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => {
        setMaking(true);
      }}
    >
      {t('taxRules.new')}
    </Button>
  );
  return (
    <>
      <Back to="/billing" label={t('nav.billing')} />
      <PageHeader title={t('taxRules.title')} lead={t('taxRules.lead')}>
        {make}
      </PageHeader>
      <Panel summary={t('taxRules.order')} title={t('taxRules.table')}>
        <QueryState query={query} what={t('taxRules.what')} skeleton={<Lines count={4} />}>
          {({ pages }) => {
            const rules = pages.flatMap((page) => page.items);
            return rules.length === 0 ? (
              <EmptyState title={t('taxRules.empty')} body={t('taxRules.empty.body')}>
                {make}
              </EmptyState>
            ) : (
              <>
                <TaxRuleTable rules={rules} onEnd={setClosing} />
                <More query={query} />
              </>
            );
          }}
        </QueryState>
      </Panel>
      {making && (
        <NewRuleDialog
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
      {closing && (
        <CloseRuleDialog
          rule={closing}
          onClose={() => {
            setClosing(undefined);
          }}
        />
      )}
    </>
  );
}
