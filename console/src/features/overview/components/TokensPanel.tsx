import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ClassSwatch } from '@/components/charts/ClassBar';
import { classFill } from '@/components/charts/ClassPatterns';
import { Panel } from '@/components/Panel';
import type { Overview, OverviewDay } from '@/features/overview/api/overview';
import { Chart, type Plot } from '@/features/overview/components/Chart';
import classes from '@/features/overview/components/Chart.module.css';
import { DayTable } from '@/features/overview/components/DayTable';
import { ViewSwitch } from '@/components/ViewSwitch';
import { useLocale } from '@/lib/i18n/useLocale';
import {
  compareTokens,
  countForDrawing,
  formatAxis,
  formatShare,
  formatShares,
  formatSum,
  formatTokens,
  shareOfTokens,
} from '@/lib/money';
import { daysOf, formatDay, formatMonth, rangeOfMonth } from '@/lib/time';
import { TOKEN_CLASSES, totalTokens } from '@/lib/tokens';

/** Stacked bars of the month's tokens, one bar a day, one layer a class. */
export function TokensPanel({ overview, month }: { overview: Overview; month: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [table, setTable] = useState(false);
  const byDay = new Map(overview.days.map((day) => [day.day, day]));
  const heights = overview.days.map((day) => countForDrawing(totalTokens(day.tokens)));
  const dayLabel = (day: string) => {
    const usage = byDay.get(day);
    return t('overview.dayLabel', {
      day: formatDay(day, locale),
      requests: usage ? formatTokens(usage.requests) : '0',
      tokens: usage ? formatTokens(totalTokens(usage.tokens)) : '0',
      cost: usage ? formatSum(usage.cost) : '0.00',
    });
  };
  return (
    <Panel
      fill
      title={t('overview.tokensByDay')}
      summary={<Summary overview={overview} month={month} />}
      action={<ViewSwitch table={table} onChange={setTable} />}
    >
      {table ? (
        <DayTable overview={overview} what="tokens" />
      ) : (
        <>
          <Chart
            days={daysOf(rangeOfMonth(month))}
            highest={Math.max(0, ...heights)}
            formatTick={formatAxis}
            dayLabel={dayLabel}
            active={(day) => byDay.has(day)}
            tooltip={(day) => <TokenTooltip day={day} usage={byDay.get(day)} />}
          >
            {(plot) => overview.days.map((day) => <Bar key={day.day} day={day} plot={plot} />)}
          </Chart>
          <Legend overview={overview} />
        </>
      )}
    </Panel>
  );
}

function Summary({ overview, month }: { overview: Overview; month: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const total = totalTokens(overview.tokens);
  const largest = [...TOKEN_CLASSES].sort((left, right) =>
    compareTokens(overview.tokens[right], overview.tokens[left]),
  )[0];
  const busiest = [...overview.days].sort((left, right) =>
    compareTokens(totalTokens(right.tokens), totalTokens(left.tokens)),
  )[0];
  if (!largest || !busiest) return null;
  return t('overview.tokensByDay.summary', {
    total: formatTokens(total),
    month: formatMonth(month, locale),
    largest: t(`class.${largest}.short`),
    share: formatShare(shareOfTokens(overview.tokens[largest], total)),
    day: formatDay(busiest.day, locale),
  });
}

/** One day's bar; classes from the bottom in their fixed order. */
function Bar({ day, plot }: { day: OverviewDay; plot: Plot }) {
  const tops = TOKEN_CLASSES.map((_, index) =>
    TOKEN_CLASSES.slice(0, index + 1).reduce(
      (sum, name) => sum + countForDrawing(day.tokens[name]),
      0,
    ),
  );
  return (
    <g transform={`translate(${plot.x(day.day)} 0)`}>
      {TOKEN_CLASSES.map((name, index) => {
        const top = plot.y(tops[index] ?? 0);
        const bottom = plot.y(tops[index - 1] ?? 0);
        return (
          <rect
            key={name}
            y={top}
            width={plot.band}
            height={Math.max(0, bottom - top)}
            fill={classFill(name)}
          />
        );
      })}
    </g>
  );
}

function TokenTooltip({ day, usage }: { day: string; usage: OverviewDay | undefined }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <>
      <strong>{formatDay(day, locale)}</strong>
      {usage &&
        [...TOKEN_CLASSES].reverse().map((name) => (
          <div key={name} className={classes.row}>
            <span>
              <ClassSwatch name={name} size={10} />
              {t(`class.${name}`)}
            </span>
            <span className="number">{formatTokens(usage.tokens[name])}</span>
          </div>
        ))}
    </>
  );
}

function Legend({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const shares = formatShares(
    TOKEN_CLASSES.map((name) => BigInt(overview.tokens[name])),
    BigInt(totalTokens(overview.tokens)),
  );
  return (
    <div className={classes.legend}>
      {TOKEN_CLASSES.map((name, index) => (
        <span key={name}>
          <ClassSwatch name={name} />
          {t(`class.${name}`)}
          <b>{shares[index]}</b>
        </span>
      ))}
    </div>
  );
}
