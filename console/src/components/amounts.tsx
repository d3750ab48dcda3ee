/** Money and token cells: the short form is shown, the exact value is in the title. */
import { useTranslation } from 'react-i18next';
import { formatExact, formatSum, formatTokens, type Tokens, type Usd } from '@/lib/money';

/** A sum of charges, rounded for reading, exact on hover. */
export function Sum({ usd }: { usd: Usd }) {
  const { t } = useTranslation();
  return (
    <span
      className="number"
      title={t('money.exact', { amount: formatExact(usd), currency: 'USD' })}
    >
      ${formatSum(usd)}
    </span>
  );
}

/** One charge, to the last digit. */
export function Charge({ usd }: { usd: Usd }) {
  return <span className="number">${formatExact(usd)}</span>;
}

export function Count({ tokens }: { tokens: Tokens }) {
  return <span className="number">{formatTokens(tokens)}</span>;
}
