import { useCallback, useState } from 'react';

/** Where nothing is laid out, as in tests. */
const FALLBACK = 640;

/** Width of an element in pixels: measured before the first paint and whenever it changes. */
export function useWidth() {
  const [width, setWidth] = useState(FALLBACK);
  const ref = useCallback((node: HTMLElement | null) => {
    if (!node) return undefined;
    const measure = () => {
      setWidth(node.clientWidth || FALLBACK);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { ref, width };
}
