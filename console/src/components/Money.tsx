import { formatAmount, formatPico } from '@/lib/money';

/** An amount as an invoice has it, to the smallest unit of its currency. */
export function Money({ amount, currency }: { amount: string; currency: string }) {
  return (
    <span className="number">
      {formatAmount(amount)} {currency}
    </span>
  );
}

/** An exact amount, to the last digit. */
export function ExactMoney({ pico, currency }: { pico: string; currency: string }) {
  return (
    <span className="number">
      {formatPico(pico)} {currency}
    </span>
  );
}
