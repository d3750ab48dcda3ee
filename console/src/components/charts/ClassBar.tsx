import { useTranslation } from 'react-i18next';
import classes from '@/components/charts/charts.module.css';
import { classFill } from '@/components/charts/ClassPatterns';
import { formatTokens, shareOfTokens } from '@/lib/money';
import { TOKEN_CLASSES, totalTokens, type TokenClass, type TokenCounts } from '@/lib/tokens';

/** One line that shows how tokens divide among the four classes. */
export function ClassBar({ counts, height = 8 }: { counts: TokenCounts; height?: number }) {
  const { t } = useTranslation();
  const total = totalTokens(counts);
  const shares = TOKEN_CLASSES.map((name) => shareOfTokens(counts[name], total) * 100);
  const label = TOKEN_CLASSES.map((name) => `${t(`class.${name}`)} ${formatTokens(counts[name])}`);
  return (
    <svg className={classes.bar} height={height} role="img" aria-label={label.join(', ')}>
      {TOKEN_CLASSES.map((name, index) => (
        <rect
          key={name}
          x={`${shares.slice(0, index).reduce((sum, part) => sum + part, 0)}%`}
          width={`${shares[index] ?? 0}%`}
          height={height}
          fill={classFill(name)}
        />
      ))}
    </svg>
  );
}

/** The sample of a class's colour and pattern that stands beside its name. */
export function ClassSwatch({ name, size = 12 }: { name: TokenClass; size?: number }) {
  return (
    <svg className={classes.swatch} width={size} height={size} aria-hidden="true">
      <rect width={size} height={size} fill={classFill(name)} />
    </svg>
  );
}
