import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CopyAction } from '@/components/CopyAction';
import { DataTable, type Column } from '@/components/DataTable';
import type { AuditEvent } from '@/features/audit/api/audit';
import classes from '@/features/audit/components/EventTable.module.css';
import { fieldsOf } from '@/features/audit/fields';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMomentExact } from '@/lib/time';

interface EventTableProps {
  events: AuditEvent[];
  open: string | undefined;
  onOpen: (id: string | undefined) => void;
}

/** One line a change; an open one shows what was before and after, and its place in the chain. */
export function EventTable({ events, open, onOpen }: EventTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const columns: Column<AuditEvent>[] = [
    {
      id: 'at',
      header: t('audit.col.at'),
      cell: ({ row }) => (
        <span className="number">{formatMomentExact(row.original.at, locale)}</span>
      ),
    },
    {
      id: 'actor',
      header: t('audit.col.actor'),
      cell: ({ row: { original } }) => (
        <div className={classes.actor}>
          <span className={classes.long}>{original.actor}</span>
          <Text size="xs" c="dimmed">
            {original.address}
          </Text>
        </div>
      ),
    },
    {
      id: 'action',
      header: t('audit.col.action'),
      cell: ({ row: { original } }) => (
        <div className={classes.action}>
          <code className="mono">{original.action}</code>
          {original.id === open && <Details event={original} />}
        </div>
      ),
    },
    {
      id: 'object',
      header: t('audit.col.object'),
      cell: ({ row: { original } }) => (
        <span className={classes.long}>
          {original.object_kind} {original.object_id}
        </span>
      ),
    },
    {
      id: 'open',
      header: t('audit.col.change'),
      numeric: true,
      cell: ({ row: { original } }) => {
        const isOpen = original.id === open;
        return (
          <Button
            size="compact-sm"
            variant="default"
            aria-expanded={isOpen}
            aria-label={t(isOpen ? 'audit.close.named' : 'audit.open.named', {
              action: original.action,
              number: original.sequence,
            })}
            onClick={() => {
              onOpen(isOpen ? undefined : original.id);
            }}
          >
            {t(isOpen ? 'audit.close' : 'audit.open')}
          </Button>
        );
      },
    },
  ];
  return (
    <DataTable
      caption={t('audit.list')}
      columns={columns}
      rows={events}
      rowId={(event) => event.id}
    />
  );
}

function Details({ event }: { event: AuditEvent }) {
  const { t } = useTranslation();
  const fields = fieldsOf(event.before, event.after);
  return (
    <div className={classes.details}>
      {fields.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('audit.noFields')}
        </Text>
      ) : (
        // Not a table element: it would take the look of the table that it lies in.
        <div role="table" aria-label={t('audit.fields')} className={classes.fields}>
          <div role="row">
            <span role="columnheader">{t('audit.field')}</span>
            <span role="columnheader">{t('audit.before')}</span>
            <span role="columnheader">{t('audit.after')}</span>
          </div>
          {fields.map(({ name, before, after, changed }) => (
            <div role="row" key={name} data-changed={changed || undefined}>
              <span role="rowheader">{name === '' ? t('audit.value') : name}</span>
              <span role="cell">{before ?? '–'}</span>
              <span role="cell">{after ?? '–'}</span>
            </div>
          ))}
        </div>
      )}
      <dl className={classes.chain}>
        <div>
          <dt>{t('audit.sequence')}</dt>
          <dd>{event.sequence}</dd>
        </div>
        <div>
          <dt>{t('audit.hash')}</dt>
          <dd>
            <Group gap={4} wrap="nowrap">
              <code className="mono">{event.hash}</code>
              <CopyAction value={event.hash} what={t('audit.hash')} />
            </Group>
          </dd>
        </div>
        <div>
          <dt>{t('panel.requestId')}</dt>
          <dd>
            <code className="mono">{event.request_id}</code>
          </dd>
        </div>
      </dl>
    </div>
  );
}
