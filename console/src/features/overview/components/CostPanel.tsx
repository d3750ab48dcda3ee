import { AreaClosed, LinePath } from '@visx/shape';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/components/Panel';
import type { Overview, Reference } from '@/features/overview/api/overview';
import { Chart, type Plot } from '@/features/overview/components/Chart';
import classes from '@/features/overview/components/Chart.module.css';
import { DayTable } from '@/features/overview/components/DayTable';
import { ViewSwitch } from '@/components/ViewSwitch';
import { referenceName } from '@/features/overview/referenceName';
import { runningSums, type RunningSum } from '@/features/overview/runningSums';
import { useLocale } from '@/lib/i18n/useLocale';
import { dollarsForDrawing, formatSum, formatTokens, formatUsdAxis } from '@/lib/money';
import { dayOf, daysOf, formatDay, rangeOfMonth } from '@/lib/time';

interface CostPanelProps {
  overview: Overview;
  reference: Reference;
  month: string;
}

/** Cost since the first of the month, against the same token counts at the reference's prices. */
export function CostPanel({ overview, reference, month }: CostPanelProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [table, setTable] = useState(false);
  const name = referenceName(reference);
  const days = daysOf(rangeOfMonth(month));
  const today = dayOf(new Date());
  const sums = runningSums(
    days.filter((day) => day <= today),
    overview.days,
  );
  const byDay = new Map(overview.days.map((day) => [day.day, day]));
  return (
    <Panel
      fill
      title={t('overview.costVsReference', { name })}
      summary={t('overview.costVsReference.summary', {
        name,
        dated: reference.dated,
        cost: formatSum(overview.cost),
        reference: formatSum(reference.cost),
      })}
      action={<ViewSwitch table={table} onChange={setTable} />}
    >
      {table ? (
        <DayTable overview={overview} what="cost" />
      ) : (
        <Chart
          days={days}
          highest={Math.max(dollarsForDrawing(reference.cost), dollarsForDrawing(overview.cost))}
          formatTick={formatUsdAxis}
          active={(day) => byDay.has(day)}
          dayLabel={(day) =>
            t('overview.dayLabel', {
              day: formatDay(day, locale),
              requests: formatTokens(byDay.get(day)?.requests ?? '0'),
              tokens: '',
              cost: formatSum(byDay.get(day)?.cost ?? '0'),
            })
          }
          tooltip={(day) => <CostTooltip sum={sums.find((sum) => sum.day === day)} name={name} />}
        >
          {(plot) => <Lines plot={plot} sums={sums} />}
        </Chart>
      )}
      {!table && <CostLegend name={name} />}
    </Panel>
  );
}

function Lines({ plot, sums }: { plot: Plot; sums: RunningSum[] }) {
  const x = (sum: RunningSum) => plot.x(sum.day) + plot.band / 2;
  const ours = (sum: RunningSum) => plot.y(dollarsForDrawing(sum.cost));
  const reference = (sum: RunningSum) => plot.y(dollarsForDrawing(sum.reference));
  const scale = Object.assign(plot.y, { range: () => [plot.height, 0] });
  const last = sums.at(-1);
  return (
    <>
      <AreaClosed data={sums} x={x} y={reference} yScale={scale as never} fill="url(#reference)" />
      <LinePath data={sums} x={x} y={reference} className={classes.reference} />
      <AreaClosed
        data={sums}
        x={x}
        y={ours}
        yScale={scale as never}
        className={classes.oursArea}
        opacity={0.35}
      />
      <LinePath data={sums} x={x} y={ours} className={classes.ours} />
      {last && (
        <>
          <circle cx={x(last)} cy={reference(last)} r={3.5} fill="var(--reference-line)" />
          <circle cx={x(last)} cy={ours(last)} r={3.5} fill="var(--accent)" />
        </>
      )}
    </>
  );
}

function CostTooltip({ sum, name }: { sum: RunningSum | undefined; name: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (!sum) return null;
  return (
    <>
      <strong>{formatDay(sum.day, locale)}</strong>
      <div className={classes.row}>
        <span>{t('overview.costVsReference.ours')}</span>
        <span className="number">${formatSum(sum.cost)}</span>
      </div>
      <div className={classes.row}>
        <span>{name}</span>
        <span className="number">${formatSum(sum.reference)}</span>
      </div>
    </>
  );
}

function CostLegend({ name }: { name: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.legend}>
      <span>
        <svg width={22} height={10} aria-hidden="true">
          <line x2={22} y1={5} y2={5} className={classes.ours} />
        </svg>
        {t('overview.costVsReference.ours')}
      </span>
      <span>
        <svg width={22} height={10} aria-hidden="true">
          <line x2={22} y1={5} y2={5} className={classes.reference} />
        </svg>
        {name}
      </span>
    </div>
  );
}
