/** The one import of zod. Without `jitless` zod probes `new Function`, which the CSP reports. */
import { config } from 'zod/mini';

config({ jitless: true });

export * as z from 'zod/mini';
