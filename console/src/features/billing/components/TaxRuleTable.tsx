import { Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { useOrganizationName } from '@/components/useOrganizationName';
import { LINE_KINDS, type TaxRule } from '@/features/billing/api/taxRules';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatPpm } from '@/lib/money';
import { formatDay } from '@/lib/time';

interface TaxRuleTableProps {
  rules: TaxRule[];
  onEnd: (rule: TaxRule) => void;
}

/** One line a rule, the newest first. */
export function TaxRuleTable({ rules, onEnd }: TaxRuleTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useOrganizationName();
  const whose = ({ organization_id: organization, country }: TaxRule) => {
    if (organization != null) return nameOf(organization);
    return country ?? t('taxRules.everybody');
  };
  const kindOf = (rule: TaxRule) => {
    const known = LINE_KINDS.find((kind) => kind === rule.line_kind);
    return known ? t(`taxRules.kind.${known}`) : (rule.line_kind ?? t('taxRules.kind.any'));
  };
  const columns: Column<TaxRule>[] = [
    {
      id: 'code',
      header: t('taxRules.col.tax'),
      cell: ({ row: { original } }) => (
        <div>
          {original.label}
          <Text size="xs" c="dimmed" className="mono">
            {original.code}
          </Text>
        </div>
      ),
    },
    {
      id: 'rate',
      header: t('taxRules.col.rate'),
      numeric: true,
      cell: ({ row }) => <span className="nowrap">{formatPpm(row.original.rate_ppm)}</span>,
    },
    { id: 'whose', header: t('taxRules.col.whose'), cell: ({ row }) => whose(row.original) },
    { id: 'kind', header: t('taxRules.col.kind'), cell: ({ row }) => kindOf(row.original) },
    {
      id: 'from',
      header: t('taxRules.col.from'),
      cell: ({ row }) => formatDay(row.original.from, locale),
    },
    {
      id: 'to',
      header: t('taxRules.col.to'),
      cell: ({ row }) =>
        row.original.to == null ? t('taxRules.noEnd') : formatDay(row.original.to, locale),
    },
    {
      id: 'by',
      header: t('taxRules.col.by'),
      wideOnly: true,
      cell: ({ row }) => row.original.made_by,
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row: { original } }) =>
        original.to == null && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('taxRules.end.named', { label: original.label, whose: whose(original) })}
            onClick={() => {
              onEnd(original);
            }}
          >
            {t('taxRules.end')}
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      caption={t('taxRules.table')}
      columns={columns}
      rows={rules}
      rowId={(rule) => rule.tax_rule_id}
    />
  );
}
