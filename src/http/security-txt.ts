import { Hono } from 'hono';

/** RFC 9116 wants a date within a year; it moves on with every answer, as the contact does with the configuration. */
const GOOD_FOR_DAYS = 180;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Where to report what is wrong with this server's security; nothing without `SECURITY_CONTACT`. */
export function securityTxt(contact: string | undefined): Hono {
  const app = new Hono();
  if (contact === undefined) return app;
  app.get('/.well-known/security.txt', (c) => {
    // To the hour, so that it is the same text for a while.
    const until = new Date(Date.now() + GOOD_FOR_DAYS * DAY_MS).toISOString().replace(/:.*$/, ':00:00.000Z');
    return c.text(`Contact: ${contact}\nExpires: ${until}\nPreferred-Languages: en\n`);
  });
  return app;
}
