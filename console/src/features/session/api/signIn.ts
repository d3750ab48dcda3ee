import { mutationOptions } from '@tanstack/react-query';
import { sessionQuery, sessionSchema } from '@/features/session/api/session';
import { rememberCsrf, write } from '@/lib/http';

interface Credentials {
  email: string;
  password: string;
}

/** Signs in; the answer is the new session with its new CSRF token. */
export const signIn = mutationOptions({
  mutationFn: async (credentials: Credentials) => {
    const session = await write('/admin/api/session', {
      method: 'POST',
      body: credentials,
      schema: sessionSchema,
    });
    rememberCsrf(session.csrf);
    return session;
  },
  onSuccess: (session, _credentials, _result, { client }) => {
    client.setQueryData(sessionQuery.queryKey, session);
  },
  // The variables hold the password: forget them at once.
  gcTime: 0,
});
