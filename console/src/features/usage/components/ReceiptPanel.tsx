import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeLines } from '@/components/CodeLines';
import { CopyAction } from '@/components/CopyAction';
import { EmptyState } from '@/components/EmptyState';
import { Facts } from '@/components/Facts';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { logKeys, receiptQuery, type Receipt } from '@/features/usage/api/receipt';
import { isNotFound } from '@/features/usage/api/request';
import { checkProof, parseProof, type Proof, type ProofVerdict } from '@/features/usage/proof';
import { formatTokens } from '@/lib/money';

/** What the caller can keep of a request, whether the log has it, and how to check both. */
export function ReceiptPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useQuery(receiptQuery(id));
  return (
    <Panel title={t('receipt.title')} summary={t('receipt.summary')}>
      {isNotFound(query.error) ? (
        <EmptyState title={t('receipt.none')} body={t('receipt.none.body')} />
      ) : (
        <QueryState query={query} what={t('receipt.what')} skeleton={<Skeleton height={120} />}>
          {(receipt) => <Content receipt={receipt} />}
        </QueryState>
      )}
    </Panel>
  );
}

function Content({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <div>
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" c="dimmed">
            {t('receipt.text')}
          </Text>
          <CopyAction value={receipt.receipt} what={t('receipt.title')} />
        </Group>
        <code className="mono">{receipt.receipt}</code>
      </div>
      <State receipt={receipt} />
      <div>
        <Title order={3} size="h5">
          {t('receipt.offline')}
        </Title>
        <Text size="sm" c="dimmed" mb="xs">
          {t('receipt.offline.body')}
        </Text>
        <CodeLines lines={offline(receipt)} what={t('receipt.offline')} />
      </div>
    </Stack>
  );
}

function State({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  if (receipt.proof !== null) return <InLog receipt={receipt} proof={receipt.proof} />;
  return receipt.held === null ? (
    <Alert role="status" color="yellow" icon={<Icon name="clock" />}>
      {t('receipt.waiting')}
    </Alert>
  ) : (
    <Alert role="status" color="red" icon={<Icon name="warning" />} title={t('receipt.held')}>
      {receipt.held}
    </Alert>
  );
}

/** With what to check it without us, with this server's address. */
function offline({ id, receipt }: Receipt): string {
  const { origin } = window.location;
  return [
    `echo ${receipt} >> receipts.txt`,
    `curl -O ${origin}/log/keys`,
    `curl -H "Authorization: Bearer $R1_API_KEY" ${origin}/v1/receipts/${id}.tlog-proof`,
    `java -jar r1-verify-bill.jar bundle.zip --key keys --receipts receipts.txt`,
  ].join('\n');
}

type Shown = 'unasked' | ProofVerdict | 'unable';

function readProof(proof: string): Proof | undefined {
  try {
    return parseProof(proof);
  } catch {
    return undefined;
  }
}

function InLog({ receipt, proof }: { receipt: Receipt; proof: string }) {
  const { t } = useTranslation();
  const [verdict, setVerdict] = useState<Shown>('unasked');
  const parsed = readProof(proof);
  const check = async () => {
    try {
      setVerdict(await checkProof(receipt.receipt.replace(/^v1\./, ''), proof, await logKeys()));
    } catch {
      setVerdict('unable');
    }
  };
  return (
    <>
      <Facts
        facts={[
          { name: t('receipt.index'), value: formatTokens(receipt.log_index ?? '0') },
          {
            name: t('receipt.size'),
            value: parsed ? formatTokens(parsed.size.toString()) : '–',
          },
          { name: t('receipt.log'), value: parsed?.origin ?? '–' },
        ]}
      />
      <div>
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" c="dimmed">
            {t('receipt.proof')}
          </Text>
          <CopyAction value={proof} what={t('receipt.proof')} />
        </Group>
        <pre className="mono proof">{proof}</pre>
      </div>
      {verdict === 'unasked' ? (
        <Group>
          <Button variant="default" size="xs" onClick={() => void check()}>
            {t('receipt.check')}
          </Button>
        </Group>
      ) : (
        <Alert
          role="status"
          py="xs"
          color={verdict === 'proven' ? 'teal' : 'red'}
          icon={<Icon name={verdict === 'proven' ? 'check' : 'warning'} />}
        >
          {t(`receipt.check.${verdict}`)}
        </Alert>
      )}
    </>
  );
}
