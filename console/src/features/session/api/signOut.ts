import { mutationOptions } from '@tanstack/react-query';
import { write } from '@/lib/http';
import { z } from '@/lib/wire';

export const signOut = mutationOptions({
  mutationFn: () => write('/admin/api/session', { method: 'DELETE', schema: z.undefined() }),
});
