import { CopyAction } from '@/components/CopyAction';
import classes from '@/components/CodeLines.module.css';

/** Lines to paste, with a button that copies them. */
export function CodeLines({ lines, what }: { lines: string; what: string }) {
  return (
    <div className={classes.frame}>
      <pre className={classes.code}>{lines}</pre>
      <span className={classes.copy}>
        <CopyAction value={lines} what={what} />
      </span>
    </div>
  );
}
