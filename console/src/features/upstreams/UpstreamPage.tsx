import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Back } from '@/components/Back';
import { EmptyState } from '@/components/EmptyState';
import { FormError } from '@/components/FormError';
import { Lines } from '@/components/Lines';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { probeAgain } from '@/features/upstreams/api/changes';
import { isGone, upstreamQuery, type Upstream } from '@/features/upstreams/api/upstreams';
import { EnableDialog } from '@/features/upstreams/components/EnableDialog';
import { Findings } from '@/features/upstreams/components/Findings';
import { RemoveDialog } from '@/features/upstreams/components/RemoveDialog';
import { StandingPanel, TermsPanel } from '@/features/upstreams/components/panels';
import { ProblemTable } from '@/features/upstreams/components/ProblemTable';
import { TermsDialog } from '@/features/upstreams/components/TermsDialog';

const route = getRouteApi('/signed-in/upstreams/$id');

/** One server of others: how it does, what is set, and what can be done with it. */
export function UpstreamPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(upstreamQuery(id));
  return (
    <>
      <Back to="/upstreams" label={t('upstreams.title')} />
      {isGone(query.error) ? (
        <>
          <PageHeader title={t('upstreams.one')} />
          <Panel>
            <EmptyState title={t('upstreams.gone')} body={t('upstreams.gone.body')} />
          </Panel>
        </>
      ) : (
        <QueryState query={query} what={t('upstreams.what')} skeleton={<Lines count={8} />}>
          {(upstream) => <One upstream={upstream} />}
        </QueryState>
      )}
    </>
  );
}

function One({ upstream }: { upstream: Upstream }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const [dialog, setDialog] = useState<'change' | 'enable' | 'remove'>();
  const probe = useMutation(probeAgain);
  const close = () => {
    setDialog(undefined);
  };
  return (
    <>
      <PageHeader title={upstream.name} lead={<span className="mono">{upstream.url}</span>}>
        <Button
          variant="default"
          loading={probe.isPending}
          onClick={() => {
            probe.mutate(upstream.id);
          }}
        >
          {t('upstreams.probe')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            setDialog('change');
          }}
        >
          {t('upstreams.change')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            setDialog('enable');
          }}
        >
          {t(upstream.enabled ? 'upstreams.disable' : 'upstreams.enable')}
        </Button>
        <Button
          variant="light"
          color="red"
          onClick={() => {
            setDialog('remove');
          }}
        >
          {t('upstreams.remove')}
        </Button>
      </PageHeader>
      <Stack gap="md">
        {probe.error && <FormError error={probe.error} />}
        {probe.data && <Findings probe={probe.data} />}
        <StandingPanel upstream={upstream} />
        <TermsPanel upstream={upstream} />
        <Panel title={t('upstreams.problems')} summary={t('upstreams.problems.summary')}>
          <ProblemTable problems={upstream.standing?.problems ?? []} />
        </Panel>
      </Stack>
      {dialog === 'change' && <TermsDialog upstream={upstream} onClose={close} />}
      {dialog === 'enable' && <EnableDialog upstream={upstream} onClose={close} />}
      {dialog === 'remove' && (
        <RemoveDialog
          upstream={upstream}
          onClose={close}
          onRemoved={() => void navigate({ to: '/upstreams' })}
        />
      )}
    </>
  );
}
