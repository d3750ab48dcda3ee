import classes from '@/components/Brand.module.css';

/** The product's mark and name. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <svg width={28} height={28} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" className={classes.tile} />
        <rect x="7" y="17" width="4.5" height="8" rx="1" fill="#fff" opacity=".55" />
        <rect x="13.75" y="12" width="4.5" height="13" rx="1" fill="#fff" opacity=".8" />
        <rect x="20.5" y="7" width="4.5" height="18" rx="1" fill="#fff" />
      </svg>
      R1 Platform
    </span>
  );
}
