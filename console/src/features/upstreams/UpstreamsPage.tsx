import { Button, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { upstreamsQuery } from '@/features/upstreams/api/upstreams';
import { TermsDialog } from '@/features/upstreams/components/TermsDialog';
import { OwnTable, UpstreamTable } from '@/features/upstreams/components/UpstreamTable';

/** Which servers stand behind the site's models, and how they do. */
export function UpstreamsPage() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(upstreamsQuery);
  const [registering, setRegistering] = useState(false);
  const open = () => {
    setRegistering(true);
  };
  return (
    <>
      <PageHeader title={t('upstreams.title')} lead={t('upstreams.lead')}>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
          {t('upstreams.register')}
        </Button>
      </PageHeader>
      <QueryState query={query} what={t('upstreams.what')} skeleton={<Lines count={6} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <Stack gap="md">
              <Panel title={t('upstreams.list')} summary={t('upstreams.list.summary')}>
                {items.length === 0 ? (
                  <EmptyState title={t('upstreams.empty')} body={t('upstreams.empty.body')}>
                    <Button onClick={open}>{t('upstreams.register')}</Button>
                  </EmptyState>
                ) : (
                  <>
                    <UpstreamTable upstreams={items} />
                    <More query={query} />
                  </>
                )}
              </Panel>
              <Panel title={t('upstreams.own')} summary={t('upstreams.own.summary')}>
                <OwnTable own={pages[0]?.own ?? []} />
              </Panel>
            </Stack>
          );
        }}
      </QueryState>
      {registering && (
        <TermsDialog
          onClose={() => {
            setRegistering(false);
          }}
        />
      )}
    </>
  );
}
