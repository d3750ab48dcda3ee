import { scaleBand, scaleLinear } from '@visx/scale';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import classes from '@/features/overview/components/Chart.module.css';
import { useWidth } from '@/components/useWidth';
import { rangeOfDay } from '@/lib/time';

const HEIGHT = 240;
const MARGIN = { top: 12, right: 4, bottom: 24, left: 52 };
const INNER_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom;

/** What a chart draws with: positions of days, heights of values, both in pixels. */
export interface Plot {
  x: (day: string) => number;
  y: (value: number) => number;
  band: number;
  width: number;
  height: number;
}

interface ChartProps {
  days: string[];
  highest: number;
  formatTick: (value: number) => string;
  /** Accessible name of one day's column, which opens that day's requests. */
  dayLabel: (day: string) => string;
  tooltip: (day: string) => ReactNode;
  /** Days with something to open. */
  active: (day: string) => boolean;
  children: (plot: Plot, hovered: string | undefined) => ReactNode;
}

/** Axes, day columns that are links, and a tooltip; the drawing itself comes from the caller. */
export function Chart(props: ChartProps) {
  const { days, highest, formatTick, dayLabel, tooltip, active, children } = props;
  const { ref, width } = useWidth();
  const [hovered, setHovered] = useState<string>();
  const inner = Math.max(80, width - MARGIN.left - MARGIN.right);
  const x = scaleBand({ domain: days, range: [0, inner], paddingInner: 0.28, paddingOuter: 0.1 });
  const y = scaleLinear({ domain: [0, highest || 1], range: [INNER_HEIGHT, 0], nice: 4 });
  const every = Math.ceil(days.length / Math.max(1, Math.floor(inner / 34)));
  const left = (day: string) => x(day) ?? 0;
  const plot: Plot = { x: left, y, band: x.bandwidth(), width: inner, height: INNER_HEIGHT };
  return (
    <div ref={ref} className={classes.chart}>
      <svg width={inner + MARGIN.left + MARGIN.right} height={HEIGHT} aria-hidden="true">
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          {y.ticks(4).map((tick) => (
            <g key={tick} transform={`translate(0 ${y(tick)})`}>
              <line x2={inner} className={classes.grid} />
              <text x={-8} dy="0.32em" textAnchor="end" className={classes.tick}>
                {formatTick(tick)}
              </text>
            </g>
          ))}
          {hovered !== undefined && (
            <rect
              x={left(hovered) - (x.step() - x.bandwidth()) / 2}
              width={x.step()}
              height={INNER_HEIGHT}
              className={classes.hovered}
            />
          )}
          {children(plot, hovered)}
          {days.map((day, index) =>
            index % every === 0 ? (
              <text
                key={day}
                x={left(day) + x.bandwidth() / 2}
                y={INNER_HEIGHT + 17}
                textAnchor="middle"
                className={classes.tick}
              >
                {day.slice(8).replace(/^0/, '')}
              </text>
            ) : null,
          )}
        </g>
      </svg>
      {days.filter(active).map((day) => (
        <Link
          key={day}
          to="/requests"
          search={rangeOfDay(day)}
          aria-label={dayLabel(day)}
          className={classes.column}
          style={{
            left: MARGIN.left + left(day) - (x.step() - x.bandwidth()) / 2,
            width: x.step(),
            top: MARGIN.top,
            height: INNER_HEIGHT,
          }}
          onPointerEnter={() => {
            setHovered(day);
          }}
          onPointerLeave={() => {
            setHovered(undefined);
          }}
          onFocus={() => {
            setHovered(day);
          }}
          onBlur={() => {
            setHovered(undefined);
          }}
        />
      ))}
      {hovered !== undefined && (
        <div
          aria-hidden="true"
          className={classes.tooltip}
          data-side={left(hovered) > inner / 2 ? 'left' : 'right'}
          style={{
            left: MARGIN.left + left(hovered) + (left(hovered) > inner / 2 ? -8 : x.step() + 4),
          }}
        >
          {tooltip(hovered)}
        </div>
      )}
    </div>
  );
}
