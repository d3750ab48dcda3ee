import { useEffect, useState } from 'react';

/** The present moment, renewed every few seconds, so that ages on the page do not freeze. */
export function useNow(everyMillis = 5000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(new Date());
    }, everyMillis);
    return () => {
      clearInterval(timer);
    };
  }, [everyMillis]);
  return now;
}
