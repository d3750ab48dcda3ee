import { scaleBand, scaleLinear } from '@visx/scale';
import { LinePath } from '@visx/shape';
import { useTranslation } from 'react-i18next';
import { useWidth } from '@/components/useWidth';
import type { RevenueMonth } from '@/features/invoices/api/revenue';
import classes from '@/features/invoices/components/RevenueChart.module.css';
import { addPico, formatAxis, picoForDrawing } from '@/lib/money';

const HEIGHT = 240;
const MARGIN = { top: 12, right: 8, bottom: 24, left: 56 };
const INNER_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom;

const earnedOf = (month: RevenueMonth) => addPico([month.recognized_pico, month.breakage_pico]);

/** Bars: earned in the month, with expired credit. Lines: accrued and deferred at its end. */
export function RevenueChart({ months }: { months: RevenueMonth[] }) {
  const { ref, width } = useWidth();
  const inner = Math.max(80, width - MARGIN.left - MARGIN.right);
  const values = months.flatMap((month) =>
    [earnedOf(month), month.accrued_pico, month.deferred_pico].map(picoForDrawing),
  );
  const x = scaleBand({
    domain: months.map(({ month }) => month),
    range: [0, inner],
    paddingInner: 0.35,
    paddingOuter: 0.15,
  });
  const y = scaleLinear({
    domain: [Math.min(0, ...values), Math.max(0, ...values) || 1],
    range: [INNER_HEIGHT, 0],
    nice: 4,
  });
  const left = ({ month }: RevenueMonth) => x(month) ?? 0;
  const middle = (month: RevenueMonth) => left(month) + x.bandwidth() / 2;
  const every = Math.ceil(months.length / Math.max(1, Math.floor(inner / 52)));
  const line = (which: 'accrued' | 'deferred') => (month: RevenueMonth) =>
    y(picoForDrawing(month[`${which}_pico`]));
  return (
    <div ref={ref} className={classes.chart}>
      <svg width={inner + MARGIN.left + MARGIN.right} height={HEIGHT} aria-hidden="true">
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          {y.ticks(4).map((tick) => (
            <g key={tick} transform={`translate(0 ${y(tick)})`}>
              <line x2={inner} className={tick === 0 ? classes.zero : classes.grid} />
              <text x={-8} dy="0.32em" textAnchor="end" className={classes.tick}>
                {formatAxis(tick)}
              </text>
            </g>
          ))}
          {months.map((month, index) => {
            const value = picoForDrawing(earnedOf(month));
            return (
              <g key={month.month}>
                <rect
                  x={left(month)}
                  width={x.bandwidth()}
                  y={Math.min(y(value), y(0))}
                  height={Math.abs(y(value) - y(0))}
                  className={classes.bar}
                  opacity={0.75}
                />
                {index % every === 0 && (
                  <text
                    x={middle(month)}
                    y={INNER_HEIGHT + 17}
                    textAnchor="middle"
                    className={classes.tick}
                  >
                    {month.month}
                  </text>
                )}
              </g>
            );
          })}
          <LinePath
            data={months}
            x={middle}
            y={line('accrued')}
            className={`${classes.line} ${classes.accrued}`}
          />
          <LinePath
            data={months}
            x={middle}
            y={line('deferred')}
            className={`${classes.line} ${classes.deferred}`}
          />
          {months.map((month) => (
            <g key={month.month}>
              <circle
                cx={middle(month)}
                cy={line('accrued')(month)}
                r={3}
                className={classes.dotAccrued}
              />
              <rect
                x={middle(month) - 3}
                y={line('deferred')(month) - 3}
                width={6}
                height={6}
                className={classes.dotDeferred}
              />
            </g>
          ))}
        </g>
      </svg>
      <Legend />
    </div>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <div className={classes.legend}>
      <span>
        <svg width={14} height={12} aria-hidden="true">
          <rect width={14} height={12} className={classes.bar} opacity={0.75} />
        </svg>
        {t('revenue.legend.earned')}
      </span>
      {(['accrued', 'deferred'] as const).map((which) => (
        <span key={which}>
          <svg width={26} height={10} aria-hidden="true">
            <line x2={26} y1={5} y2={5} className={`${classes.line} ${classes[which]}`} />
          </svg>
          {t(`revenue.legend.${which}`)}
        </span>
      ))}
    </div>
  );
}
