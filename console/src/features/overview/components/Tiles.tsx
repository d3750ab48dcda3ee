import { SimpleGrid } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Count, Sum } from '@/components/amounts';
import { ClassBar } from '@/components/charts/ClassBar';
import type { Overview } from '@/features/overview/api/overview';
import classes from '@/features/overview/components/Tiles.module.css';
import { referenceName } from '@/features/overview/referenceName';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatTokens } from '@/lib/money';
import { formatMonth, rangeOfMonth } from '@/lib/time';
import { inputTokens, outputTokens, totalTokens } from '@/lib/tokens';

/** The four figures of a month; each opens the list that it sums. */
export function Tiles({ overview, month }: { overview: Overview; month: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const range = rangeOfMonth(month);
  const active = overview.days.filter((day) => day.requests !== '0').length;
  const { reference, tokens } = overview;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md">
      <Link to="/usage" search={{ ...range, group_by: 'day' }} className={classes.tile}>
        <Figure name={t('overview.cost')} value={<Sum usd={overview.cost} />}>
          {t('overview.cost.hint', { month: formatMonth(month, locale) })}
        </Figure>
      </Link>
      <Link to="/requests" search={range} className={classes.tile}>
        <Figure name={t('overview.requests')} value={<Count tokens={overview.requests} />}>
          {t('overview.requests.hint', { count: active })}
        </Figure>
      </Link>
      <Link to="/usage" search={{ ...range, group_by: 'model' }} className={classes.tile}>
        <Figure name={t('overview.tokens')} value={<Count tokens={totalTokens(tokens)} />}>
          {t('overview.tokens.hint', {
            input: formatTokens(inputTokens(tokens)),
            output: formatTokens(outputTokens(tokens)),
          })}
          <ClassBar counts={tokens} height={6} />
        </Figure>
      </Link>
      {reference && (
        <Link to="/usage" search={{ ...range, group_by: 'day' }} className={classes.tile}>
          <Figure
            name={t('overview.reference', { name: referenceName(reference) })}
            value={<Sum usd={reference.cost} />}
          >
            {reference.ratio !== null && (
              <strong>{t('overview.reference.ratio', { ratio: reference.ratio })}</strong>
            )}
            <span>{t('overview.reference.dated', { date: reference.dated })}</span>
          </Figure>
        </Link>
      )}
    </SimpleGrid>
  );
}

function Figure({
  name,
  value,
  children,
}: {
  name: string;
  value: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <span className={classes.name}>{name}</span>
      <span className={classes.value}>{value}</span>
      <span className={classes.hint}>{children}</span>
    </>
  );
}
