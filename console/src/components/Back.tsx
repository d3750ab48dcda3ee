import { Anchor } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';

/** The way from one thing back to the list it is in. */
export function Back({ to, label }: { to: LinkProps['to']; label: string }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to={to} {...props} />}>
      ← {label}
    </Anchor>
  );
}
