import { Alert, Anchor, Badge, Button, Group, List, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import type { Blocker, Invoice } from '@/features/invoices/api/invoices';
import { BLOCKERS, isBlocking } from '@/features/invoices/blockers';
import { OrderDialog } from '@/features/invoices/components/OrderDialog';

interface BlockerPanelProps {
  invoice: Invoice;
  operator: boolean;
}

/** What keeps an invoice from being finalized. The organization's people learn only that it is. */
export function BlockerPanel({ invoice, operator }: BlockerPanelProps) {
  const { t } = useTranslation();
  const [waiving, setWaiving] = useState<Blocker>();
  const open = invoice.blockers.filter(isBlocking).length;
  if (!operator) {
    return (
      <Alert color="blue" icon={<Icon name="clock" />} title={t('blockers.draft')}>
        {t('blockers.draft.body')}
      </Alert>
    );
  }
  return (
    <Panel
      title={t('blockers.title')}
      summary={open === 0 ? t('blockers.none') : t('blockers.summary', { count: open })}
    >
      <Stack gap="sm">
        {invoice.blockers.map((blocker) => (
          <One
            key={blocker.code}
            blocker={blocker}
            onWaive={() => {
              setWaiving(blocker);
            }}
          />
        ))}
      </Stack>
      {waiving && (
        <OrderDialog
          invoice={invoice}
          what="waivers"
          blocker={waiving.code}
          onClose={() => {
            setWaiving(undefined);
          }}
        >
          <Text size="sm">{waiving.what}</Text>
          <List size="sm">
            <List.Item>{t('blockers.waive.once')}</List.Item>
            <List.Item>{t('blockers.waive.trail')}</List.Item>
          </List>
        </OrderDialog>
      )}
    </Panel>
  );
}

function One({ blocker, onWaive }: { blocker: Blocker; onWaive: () => void }) {
  const { t } = useTranslation();
  const known = BLOCKERS.find(({ code }) => code === blocker.code);
  const blocks = isBlocking(blocker);
  const name = known ? t(`blocker.${known.code}`) : blocker.code;
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <div>
        <Group gap="xs">
          <Badge color={blocks ? 'red' : 'gray'}>
            {t(blocks ? 'blockers.blocks' : 'blockers.waived')}
          </Badge>
          <Text size="sm" fw={600}>
            {name}
          </Text>
        </Group>
        <Text size="sm" mt={2}>
          {blocker.what}
        </Text>
        {blocker.waiver != null && (
          <Text size="sm" c="dimmed">
            {t('blockers.waived.why', { reason: blocker.waiver })}
          </Text>
        )}
        {blocks && known && (
          <Text size="sm" c="dimmed">
            {t(`blocker.todo.${known.code}`)}{' '}
            {'look' in known && (
              <Anchor
                size="sm"
                underline="always"
                renderRoot={(props) => <Link to={known.look} {...props} />}
              >
                {t('nav.reconciliation')}
              </Anchor>
            )}
          </Text>
        )}
      </div>
      {blocks && blocker.waivable && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('blockers.waive.named', { name })}
          onClick={onWaive}
        >
          {t('blockers.waive')}
        </Button>
      )}
    </Group>
  );
}
