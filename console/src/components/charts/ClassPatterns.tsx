import { PatternCircles, PatternLines } from '@visx/pattern';
import type { TokenClass } from '@/lib/tokens';
import classes from '@/components/charts/charts.module.css';

/** Fill of a token class: one colour and one pattern everywhere, so colour alone says nothing. */
export function classFill(name: TokenClass): string {
  return `url(#class-${name})`;
}

const OVERLAY = 'var(--pattern-overlay)';

/** The patterns themselves, once per document, in an invisible drawing. */
export function ClassPatterns() {
  return (
    <svg aria-hidden="true" className={classes.definitions}>
      <defs>
        <PatternCircles
          id="class-hit"
          width={6}
          height={6}
          radius={1.1}
          fill={OVERLAY}
          background="var(--class-hit)"
        />
        <PatternLines
          id="class-miss"
          width={6}
          height={6}
          stroke="transparent"
          background="var(--class-miss)"
        />
        <PatternLines
          id="class-reasoning"
          width={6}
          height={6}
          orientation={['diagonal']}
          stroke={OVERLAY}
          strokeWidth={1.4}
          background="var(--class-reasoning)"
        />
        <PatternLines
          id="class-answer"
          width={5}
          height={5}
          orientation={['horizontal']}
          stroke={OVERLAY}
          strokeWidth={1.4}
          background="var(--class-answer)"
        />
        <PatternLines
          id="reference"
          width={7}
          height={7}
          orientation={['diagonalRightToLeft']}
          stroke="var(--reference-hatch)"
          strokeWidth={1}
          background="var(--reference-fill)"
        />
      </defs>
    </svg>
  );
}
